/** Questions of visitors' about mail. */
export const mail = {
  'environment/no-date': ({ found }: { found: string }) =>
    `“${found}” is no date. Write the day of the question as YYYY-MM-DD.`,
  'environment/no-first-turn': () => 'The mail environment has no first turn.',
  'environment/question-empty': () => 'The question is empty. Write one, or pick one.',
  'environment/no-inbox': () => 'No inbox is chosen. Pick the address whose mail is to be searched.',
};
