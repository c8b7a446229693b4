/** Texts of OpError: what an op was called with. */
export interface Wanted {
  readonly op: string;
  readonly name: string;
  readonly dtype: string;
  /** Sizes, and names of sizes that any number may take. */
  readonly shape: readonly (string | number)[];
}

const wanted = ({ op: opName, name, dtype, shape }: Wanted): string =>
  `${opName}: ${name} must be a ${dtype} tensor of shape [${shape.join(', ')}]`;

/** What is wrong with a sequence of a batch. */
export type SequenceFault =
  | { readonly tokens: number; readonly stride: number }
  | { readonly tokens: number; readonly name: string; readonly numbers: number }
  | { readonly token: number; readonly advantage: string }
  | { readonly token: number; readonly lacks: 'old' };

function sequenceWords(fault: SequenceFault): string {
  if ('stride' in fault) return `has ${fault.tokens} tokens, more than the stride of ${fault.stride}`;
  if ('numbers' in fault) {
    return `has ${fault.tokens} tokens and ${fault.numbers} numbers of ${fault.name}; give one for each token`;
  }
  return 'advantage' in fault
    ? `has advantage ${fault.advantage} at token ${fault.token}; look for a reward that is not a number`
    : `has no old log-prob at token ${fault.token}, which the mask trains`;
}

export const op = {
  'op/no-tensor': ({ found, ...tensor }: Wanted & { found: string }) => `${wanted(tensor)}, got ${found}.`,
  'op/tensor': ({
    found,
    foundShape,
    ...tensor
  }: Wanted & { found: string; foundShape: readonly number[] }) =>
    `${wanted(tensor)}, got ${found} [${foundShape.join(', ')}].`,
  'op/number': ({
    op,
    name,
    isInteger,
    low,
    high,
    found,
  }: {
    op: string;
    name: string;
    isInteger: boolean;
    low: number;
    high: number;
    found: number;
  }) =>
    `${op}: ${name} must be ${isInteger ? 'an integer' : 'a number'} from ${low} to ${high}, got ${found}.`,
  'op/heads': ({ heads, kvHeads }: { heads: number; kvHeads: number }) =>
    `forestAttention: ${heads} heads cannot share ${kvHeads} key and value heads evenly.`,
  'op/forest-rows': ({ rows, parents, ends }: { rows: number; parents: number; ends: number }) =>
    `forestAttention: q has ${rows} rows, the forest ${parents} parents and ${ends} ends.`,
  'op/forest-end': ({ node, found, end }: { node: number; found: number; end: number }) =>
    `forestAttention: node ${node} ends at ${found}; by the parents its subtree ends at ${end}.`,
  'op/forest-order': ({ node, parent }: { node: number; parent: number }) =>
    `forestAttention: node ${node} has parent ${parent}, which is not on the path to node ${node - 1}: the forest is not in depth-first order.`,
  'op/loss-terms': ({ old, pos, neg, weight }: { old: number; pos: number; neg: number; weight: number }) =>
    `lossTerms: old, pos, neg and weight must have one length, got ${old}, ${pos}, ${neg} and ${weight}.`,
  'op/lora-target': ({
    target,
    first,
    end,
    least,
    outputs,
  }: {
    target: number;
    first: number;
    end: number;
    least: number;
    outputs: number;
  }) =>
    `linear: lora.targets[${target}] is rows ${first} to ${end}; it must start at ${least} or later and end at ${outputs} or before.`,
  'op/lora-blocks': ({ blocks, most }: { blocks: number; most: number }) =>
    `linear: lora.targets cut the outputs into ${blocks} blocks, at most ${most} fit.`,
  'op/linear-added': () => 'linear: bias and residual were both given; only one can be added.',
  'op/registered-twice': ({ op }: { op: string }) => `${op} is registered twice.`,
  'op/no-gradient': ({ op, reason }: { op: string; reason: string }) => `${op} has no gradient: ${reason}.`,
  'op/unsaved': ({ op, output }: { op: string; output: string }) =>
    `The gradient of ${op} uses ${output}, which it does not save.`,
  'op/no-gradient-of': ({ op, name }: { op: string; name: string }) =>
    `${op} has no gradient with respect to ${name}.`,
  'op/odd-head': ({ headDim }: { headDim: number }) => `rotary: headDim must be even, got ${headDim}.`,
  'op/activation': ({ known, found }: { known: readonly string[]; found: string }) =>
    `swiglu: activation must be one of ${known.join(', ')}, got ${found}.`,
  'op/odd-columns': ({ columns }: { columns: number }) =>
    `swiglu: gateUp must have an even number of columns, gate and up, got ${columns}.`,
  'op/length-to-divide-by': ({ found }: { found: number }) =>
    `maskedGrpoRows: lossType dr_grpo divides by maxCompletionLength, which is ${found}; give it.`,
  'op/no-reference': ({ beta }: { beta: number }) =>
    `maskedGrpoLoss: beta is ${beta}, but there is no reference. Give the rows' log-probs under the reference policy, or beta 0.`,
  'op/sequence': ({ sequence, fault }: { sequence: number; fault: SequenceFault }) =>
    `maskedGrpoRows: sequence ${sequence} ${sequenceWords(fault)}.`,
};
