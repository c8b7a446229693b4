import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../vocabulary/vocabulary';

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
  uniforms: raw.LossUniforms,
): void {
  raw.grpoLoss(gpu, { ...args, rows: args.terms }, args.logp.size / 4, uniforms);
}
