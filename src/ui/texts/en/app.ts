/** Texts of the frame around the views. */
export const app = {
  language: 'Language',
  /** One after the other. */
  sentences: (sentences: readonly string[]) => sentences.join(' '),
  /** About one thing, in one line. */
  facts: (facts: readonly string[]) => facts.join(', '),
  /** What index.html has in English, by its `data-text`. */
  page: {
    title: 'MailGym: train a mail agent in your browser',
    description:
      'Train a small language-model agent on a mailbox, in this browser tab, on your own GPU. Nothing leaves the browser.',
    skip: 'Skip to the page',
    lead: 'Press Train, and a small language model learns on your own GPU to use tools: to search a mailbox, or a task of your own.',
    local: 'Nothing leaves this browser.',
    foot: 'GRPO with token-level masking on WebGPU. Models, mails and adapters stay in this browser; runs are kept in its storage until you delete them.',
  },
  views: 'Views',
  view: {
    curves: 'Training',
    trajectories: 'Trajectories',
    mask: 'Masked or not?',
    runs: 'Runs',
    compare: 'Compare',
    ask: 'Ask',
    mail: 'My mail',
    files: 'Adapters & storage',
    log: 'Log',
  },
  setup: 'Set-up',
  hideWarning: 'Hide this warning',
  close: 'Close',
  log: {
    label: 'Log of the run',
    empty: 'The log of a run appears here.',
    copy: 'Copy log',
  },
  link: {
    title: 'Part of the link was not understood.',
    environment: (why: string, used: string) => `${why} ${used} is used.`,
    preset: (name: string) =>
      `The link names the preset “${name}”, which does not exist; the default is used.`,
    setting: (name: string) => `The link sets “${name}”, but there is no such setting; it is left out.`,
    remedy: 'Everything else in the link is used. Check the settings before you train.',
  },
};
