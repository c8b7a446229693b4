/** Texts of charts. Names and captions of metrics are in their table (src/report/metrics.ts). */
export const charts = {
  step: 'step',
  at: (axis: string, position: string) => `at ${axis} ${position}`,
  empty: 'No values yet',
  noValues: (label: string) => `${label}: no values`,
  values: (of: {
    readonly label: string;
    readonly n: number;
    readonly low: string;
    readonly high: string;
    readonly last: string;
  }) => `${of.label}: ${of.n} values from ${of.low} to ${of.high}, latest ${of.last}`,
};
