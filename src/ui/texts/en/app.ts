/** Texts of the frame around the views. */
export const app = {
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
