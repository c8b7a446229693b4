import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../vocabulary/row-loss';

export function grpoLoss(
  gpu: Gpu,
  args: {
    logp: Slice;
    reference: Slice;
    terms: Slice;
    entropy: Slice;
    loss: Slice;
    dlogp: Slice;
    dentropy: Slice;
  },
  config: raw.RowLossConfig,
): void {
  raw.rowLoss(gpu, { ...args, rows: args.terms }, args.logp.size / 4, config);
}
