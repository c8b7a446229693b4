/** Texts about the run that goes on. */
export const run = {
  /** Of the browser's tab. */
  title: (where: string) => `${where} · MailGym`,
  tellMe: 'Tell me when it ends',
  progress: 'Progress',
  stepsDone: 'Steps done',
  phaseProgress: 'Progress of the present phase',
  stepOf: (step: number, all: number) => `step ${step} of ${all}`,
  /** Of the tasks that are asked. */
  split: { train: 'training questions', validation: 'validation questions', test: 'test questions' },
  of: (done: string, total: string) => `${done} of ${total}`,
  phase: {
    loading: 'Loading the model',
    compiling: 'Preparing the GPU programs',
    baseline: 'Testing the untrained model',
    'warm-start': 'Learning from an expert',
    rollout: 'Trying to answer questions',
    training: 'Learning from the answers',
    evaluating: 'Testing on unseen questions',
    saving: 'Saving',
  },
  status: {
    idle: '',
    starting: 'Starting',
    running: 'Running',
    pausing: 'Pausing at the next safe point',
    paused: 'Paused',
    stopping: 'Stopping after this step',
    ended: 'Finished',
    failed: 'Stopped early',
  },
  reason: {
    'max-steps': 'All steps are done.',
    'target-accuracy': 'The target accuracy is reached.',
    patience: 'Accuracy had stopped rising, so the run ended.',
    stopped: 'The last step is saved.',
  },
  stoppedUnsaved: 'It had not begun yet, so there is nothing to save. What was downloaded is kept.',
  stoppingNow: 'Stopping',
  memory: (of: { readonly all: string; readonly weights: string; readonly form: string }) =>
    `Takes about ${of.all} of GPU memory, ${of.weights} of them for the weights (${of.form}).`,
  /** Status of a run that the visitor has ended. */
  stopped: 'Stopped',
  bestAndStart: (best: string, start: string) =>
    `Best accuracy in an evaluation: ${best}, from ${start} before training.`,
  worseThanStart: 'No adapter of this run is as good as the model that it started from.',
  bestAccuracy: (accuracy: string) => `Best accuracy in an evaluation: ${accuracy}.`,
  pausedNote: 'Nothing is computed until you press Resume.',
  failedNote: 'What went wrong is explained above.',
  figure: {
    step: 'Step',
    reward: 'Reward',
    accuracy: (steps: number) => `Accuracy, ${steps} steps`,
    best: 'Best evaluation',
    trained: 'Tokens trained',
    speed: 'Tokens/s',
  },
};
