/** Texts of SettingsError about calls of the library. */
export const library = {
  'settings/running-environment': ({ running, asked }: { running: string; asked: string }) =>
    `A run on environment "${running}" is going on on this engine, and only that can be asked now, not another "${asked}". Wait ` +
    'for its end, or open a second engine.',
  'settings/running-value': ({
    name,
    running,
    asked,
  }: {
    name: string;
    running: string | null;
    asked: string;
  }) =>
    `A run with ${name} ${running} is going on on this engine, so a question cannot have ${asked}. Leave it out, wait for the ` +
    "run's end, or open a second engine.",
  'settings/task-or-text': ({ given }: { given: 'neither' | 'both' }) =>
    `${given === 'neither' ? 'Neither task nor text is' : 'Both task and text are'} given. Give the id of a task or a task as ` +
    'task, or your own words as text.',
  'settings/split': ({ found, known }: { found: string; known: readonly string[] }) =>
    `split is '${found}'; allowed: one of ${known.join(', ')}.`,
  'settings/engine-and': ({ name }: { name: string }) =>
    `Both engine and ${name} are given. An engine has its model and its device; give one of the two.`,
  'settings/contradiction': ({ name, given, asked }: { name: string; given: string; asked: string }) =>
    `settings.${name} is ${given}, but the call is for ${asked}. Leave one out.`,
  'settings/two-places': ({ folder }: { folder: string }) =>
    `Both outputDir (${folder}) and store are given. A run has one place; give one of the two.`,
  'settings/no-place': ({ resume }: { resume: string }) =>
    `resume is ${resume}, but neither outputDir nor store says where the run is that goes on. Give one of the two.`,
  'settings/no-reward-part': ({
    part,
    environment,
    known,
  }: {
    part: string;
    environment: string;
    known: readonly string[];
  }) =>
    `rewardWeights names the part '${part}'; the parts of environment ${environment} are ${known.join(', ')}.`,
  'settings/reward-weight': ({ part, given }: { part: string; given: string }) =>
    `rewardWeights gives ${part} the weight '${given}'; write a number, as in ${part}=1.`,
};
