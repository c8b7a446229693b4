/** Texts of charts. Names and captions of metrics are in their table (src/report/metrics.ts). */
export const charts = {
  step: 'step',
  /** Names of vertical axes, where a number alone would not say what it is. */
  unit: {
    none: '',
    share: '',
    count: '',
    whole: '',
    tokens: 'tokens',
    seconds: 'seconds',
    nats: 'nats a token',
    reward: 'reward',
    bytes: '',
    'tokens per second': 'tokens a second',
  },
  at: (axis: string, position: string) => `at ${axis} ${position}`,
  empty: 'No values yet',
  saveChart: (title: string) => `Save the chart “${title}”`,
  saveAs: (title: string, ending: string) => `Save “${title}” as ${ending}`,
  described: (title: string, curves: readonly string[]) => `${title}. ${curves.join('; ')}`,
  noValues: (label: string) => `${label}: no values`,
  values: (of: {
    readonly label: string;
    readonly n: number;
    readonly low: string;
    readonly high: string;
    readonly last: string;
  }) => `${of.label}: ${of.n} values from ${of.low} to ${of.high}, latest ${of.last}`,
};
