/** Questions of visitors' about mail, and its import. */
export const mail = {
  'environment/import-stopped': () => 'The import was stopped. What was imported before is still there.',
  'environment/making-stopped': () => 'Making questions was stopped. The questions are as they were.',
  'environment/no-date': ({ found }: { found: string }) =>
    `“${found}” is no date. Write the day of the question as YYYY-MM-DD.`,
  'environment/no-first-turn': () => 'The mail environment has no first turn.',
  'environment/question-empty': () => 'The question is empty. Write one, or pick one.',
  'environment/no-inbox': () => 'No inbox is chosen. Pick the address whose mail is to be searched.',
};
