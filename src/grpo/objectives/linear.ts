import type { RowTerm } from '../../engine/types';

/**
 * −(pos + neg)·(log p − old): a slope that is already known. With old = 0 and pos = weight it is the cross-entropy;
 * with old = the log-prob where the slope was taken, it is 0 there.
 */
export const LINEAR_TERM: RowTerm = {
  name: 'linear',
  uniforms: {},
  wgsl: `d = -(pos + neg);
  value = d * logRatio;`,
  at: (logRatio, _, pos, neg) => ({
    value: -(pos + neg) * logRatio,
    byLogRatio: -(pos + neg),
    byLogprob: 0,
  }),
};
