/** Texts of the panel that tells what went wrong. What was thrown has its own text (src/errors/texts). */
export const problems = {
  title: {
    train: 'The run stopped early.',
    load: 'Training is not available.',
    import: 'The files could not be read.',
    environment: 'The file could not be used as a task.',
    model: 'This model cannot be used.',
    plan: 'This run cannot be made as it is.',
    export: 'The export was not made.',
    download: 'The adapter could not be downloaded.',
    mail: 'The mail could not be changed.',
    storage: 'The browser’s storage could not be used.',
    evaluate: 'The evaluation stopped early.',
    pause: 'The run did not react.',
    ask: 'The question was not answered.',
    language: 'The language could not be changed.',
  },
  goOnFrom: (checkpoint: string | null) => `Go on from ${checkpoint ?? 'the last save'}`,
  deviceLost: 'The browser took the GPU away.',
  deviceLostWhy: (message: string) =>
    `${message} This happens when the graphics driver restarts, the computer sleeps or memory runs out.`,
  deviceLostUnsaved:
    'Nothing was saved yet. Close other tabs that use the GPU, reload this page and train again; a smaller batch needs less memory.',
  deviceLostSaved:
    'Everything up to the last save is kept. Go on from there; if it happens again, choose a smaller batch in the advanced settings.',
  damagedCheckpoint: (from: string) =>
    `Nothing was changed. Go on from ${from}: the steps after it are trained again.`,
  worker: 'Reload the page. If it happens again, try a current Chrome, Edge or Firefox.',
  memory:
    'Choose fewer questions per step, fewer answers per question or shorter sequences, then train again.',
  storageFull: 'Delete runs you no longer need under “Adapters & storage”, then go on.',
  load: 'Reload the page. What is stored in this browser is not touched.',
  trainSaved: 'Everything up to the last save is kept; you can go on from there.',
  train: 'Nothing is lost: change what the message names and press Train again.',
  other: 'The page stays usable; change what the message names and try again.',
  environmentIsFile: (id: string) =>
    `“${id}” is a file, which a page forgets when it is loaded again. Give the file again.`,
  noEnvironment: (id: string, known: readonly string[]) =>
    `This page has no environment “${id}”; it has ${known.join(', ')}.`,
  interrupted: {
    title: (run: string) => `The run ${run} was interrupted.`,
    message: (step: number, of: number) => `It is saved up to step ${step} of ${of}.`,
    remedy:
      'Go on from there, or close this; if another tab is training it, leave it alone. All runs are listed under “Adapters & storage”.',
  },
  noSettings: {
    title: 'This run cannot go on by itself.',
    message: (file: string) => `Its settings (${file}) could not be read.`,
    remedy: 'Choose the settings by hand, set “Resume” to “latest” and the output folder to this run.',
  },
};
