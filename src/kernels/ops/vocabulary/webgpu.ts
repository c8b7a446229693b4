import type { Gpu, Slice } from '../../gpu';
import * as raw from '../../vocabulary/vocabulary';

const whole = (head: Slice, shape: raw.VocabularyShape) => [
  { slice: head, firstRow: 0, rows: shape.vocabulary },
];

export function logProbs(
  gpu: Gpu,
  args: { hidden: Slice; head: Slice; target: Slice } & raw.VocabularyOutputs,
  shape: raw.VocabularyShape,
): void {
  raw.vocabularyLogProbs(gpu, { ...args, head: whole(args.head, shape) }, shape);
}

export function logProbsGradient(
  gpu: Gpu,
  args: {
    hidden: Slice;
    head: Slice;
    target: Slice;
    lse: Slice;
    entropy: Slice;
    dlogp: Slice;
    dentropy: Slice;
    dhidden: Slice;
    dhead?: Slice;
  },
  shape: raw.VocabularyShape,
): void {
  if (args.dhead !== undefined) gpu.clear(args.dhead);
  raw.vocabularyGradient(gpu, { ...args, head: whole(args.head, shape) }, shape);
}
