/** Texts about training a policy: its state, and passes over a forest. */
export const training = {
  'policy/full-shared': () => 'Full-parameter training changes the weights, so it cannot share them.',
  'policy/full-packed': ({ baseWeights }: { baseWeights: string }) =>
    `Full-parameter training changes all weights, which ${baseWeights} cannot hold: set baseWeights to f32, or train an ` +
    'adapter.',
  'policy/full-family': ({ family }: { family: string }) =>
    `Full-parameter training of ${family} is not supported: norms of q and k or of branches, and scaled embeddings, have no ` +
    'gradient of their weights. Train an adapter.',
  'policy/full-kl': () =>
    'KL against the start (beta > 0) needs an adapter; full-parameter training keeps no reference.',
  'policy/full-too-large': ({ name, elements, limit }: { name: string; elements: number; limit: number }) =>
    `Full-parameter training needs ${name} (${elements} numbers) in one binding; this device allows ${limit}. Train an adapter ` +
    '(loraR > 0) instead.',
  'policy/nothing-to-train': () => 'This policy was loaded without anything to train.',
  'policy/gradient': ({ norm }: { norm: string }) =>
    `The gradient is not finite (norm ${norm}). The weights were left as they were; lower learningRate or maxSeqLength, or ` +
    'resume from the last checkpoint.',
  'policy/no-adapter': () => 'This policy has no adapter.',
  'policy/no-adapter-to-load-into': () => 'This policy has no adapter to load into.',
  'policy/no-adapter-to-refer-to': () => 'This policy has no adapter, so none can be the reference.',
  'policy/weights-unchanged': () => 'Only full-parameter training changes the weights.',
  'policy/optimizer': ({ name, found, needed }: { name: string; found: number; needed: number }) =>
    `The optimiser state holds ${found} ${name}, this policy has ${needed}: it belongs to another model or rank.`,
  'policy/token': ({ token, vocabulary }: { token: number; vocabulary: number }) =>
    `Token id ${token} is outside the vocabulary of ${vocabulary}: it was made by another tokenizer.`,
  'policy/pass-too-large': ({
    tokens,
    bytes,
    limit,
    most,
  }: {
    tokens: number;
    bytes: number;
    limit: number;
    most: number;
  }) =>
    `A pass over ${tokens} tokens needs ${bytes} bytes in one binding; this device allows ${limit}. Set microBatchTokens to ` +
    `${most} or less.`,
  'policy/loss-old': ({ row, old }: { row: number; old: number }) =>
    `Row ${row} of a loss has the old log-prob ${old}; log-probs are at most 0. Give NaN for the current policy.`,
  'policy/loss-row': ({
    row,
    token,
    node,
    nodes,
    vocabulary,
  }: {
    row: number;
    token: number;
    node: number;
    nodes: number;
    vocabulary: number;
  }) =>
    `Loss row ${row} scores token ${token} after node ${node}; the forest has ${nodes} nodes and the vocabulary ${vocabulary}.`,
  'policy/too-long': ({ tokens, most }: { tokens: number; most: number }) =>
    `A sequence of ${tokens} tokens was given to a model made for ${most}. Lower maxSeqLength.`,
};
