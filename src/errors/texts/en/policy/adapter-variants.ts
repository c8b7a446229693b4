/** Why an adapter that is no plain LoRA cannot be used, by the key of `adapter_config.json` that says so. */
const MERGE =
  'Merge it into its base model with PEFT (merge_and_unload) and use the merged model, or train a plain LoRA adapter.';

const VARIANTS: Readonly<Record<string, string>> = {
  use_dora: `DoRA rescales every row of the adapted weight by a learned magnitude, which plain LoRA does not. ${MERGE}`,
  alora_invocation_tokens:
    'An activated LoRA (aLoRA) acts only on the tokens after its invocation sequence; applied to all tokens, every ' +
    'log-prob would be another. Train a plain LoRA adapter.',
  use_qalora: `QA-LoRA pools the inputs of its A matrices by groups. ${MERGE}`,
  use_bdlora: `BD-LoRA's matrices are block-diagonal. ${MERGE}`,
  kasa_config: `KaSA has singular values beside its pairs and a truncated base model. ${MERGE}`,
  arrow_config:
    'Arrow chooses among several adapters token by token. Give one of the adapters that it chooses among.',
  monteclora_config: `MonteCLoRA draws its matrices at random. ${MERGE}`,
  modules_to_save:
    'Whole modules were trained beside the adapter, and the engine takes only LoRA pairs on projections. ' +
    MERGE,
  trainable_token_indices: `Rows of the embedding were trained beside the adapter. ${MERGE}`,
  target_parameters: `Parameters that are no linear layers were adapted, as in mixtures of experts. ${MERGE}`,
  layer_replication: `The adapter belongs to a model with layers repeated. ${MERGE}`,
  lora_bias: `Its pairs have biases. ${MERGE}`,
  bias: `Biases of the base model were trained beside the adapter. ${MERGE}`,
  fan_in_fan_out: 'It belongs to a model whose weights lie transposed, such as GPT-2.',
};

/** How the pairs began: by a method that changes the base model, or by one that is not among those known to leave it alone. */
export type AdapterStart = { readonly method: string } | { readonly known: readonly string[] };

export function variantWords(key: string, start: AdapterStart | null): string {
  if (start === null) {
    const known = Object.hasOwn(VARIANTS, key) ? VARIANTS[key] : undefined;
    return (
      known ??
      'It is not known what it changes, so the adapter is not used as if it were plain LoRA. If it changes nothing in the ' +
        'computation, remove it from the file; else merge the adapter with the library that wrote it.'
    );
  }
  if ('known' in start) {
    return (
      `Known are true, false, ${start.known.join(', ')}, which leave the base model as it is. Convert the adapter to plain ` +
      'LoRA with the library that wrote it.'
    );
  }
  return (
    `${start.method} changes the weights of the base model when training starts, and this adapter belongs to those: on the ` +
    'untouched model it is wrong. Convert it with PEFT: save_pretrained(…, path_initial_model_for_weight_conversion=…) ' +
    'writes a plain LoRA adapter for the untouched model.'
  );
}
