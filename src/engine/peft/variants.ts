/**
 * What an `adapter_config.json` may hold beside plain LoRA, and why it cannot be used: each of these is another
 * computation, or belongs to another base model, so that as plain LoRA every log-prob would be wrong without a word.
 * Read after PEFT 0.21 (`tuners/lora/config.py`, `layer.py`).
 */
import { PolicyError } from '../../errors';

export type Json = Readonly<Record<string, unknown>>;

/** Keys that say nothing about the computation, or are read elsewhere. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['peft_type', 'r', 'lora_alpha', 'use_rslora', 'rank_pattern', 'alpha_pattern'],
  ...['target_modules', 'exclude_modules', 'layers_to_transform', 'layers_pattern', 'init_lora_weights'],
  ...['base_model_name_or_path', 'task_type', 'revision', 'inference_mode', 'auto_mapping', 'peft_version'],
  // Of training: dropout, where products run, Megatron's module name, the group size of a variant that is off.
  ...['lora_dropout', 'runtime_config', 'megatron_core', 'qalora_group_size', 'unsloth_fixed'],
  // Written by PEFT before 0.3 and without effect in language models of today.
  ...['merge_weights', 'enable_lora'],
]);

const MERGE =
  'Merge it into its base model with PEFT (merge_and_unload) and use the merged model, or train a plain LoRA adapter.';

/** Why a key that is set cannot be used. */
const REASONS: Readonly<Record<string, string>> = {
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

/** How `init_lora_weights` may begin, with the name of the method, where it changes the base model. */
const INITIALISATIONS: readonly (readonly [prefix: string, method: string])[] = [
  ['pissa', 'PiSSA'],
  ['olora', 'OLoRA'],
  ['corda', 'CorDA'],
  ['lora_ga', 'LoRA-GA'],
  ['loftq', 'LoftQ'],
];

/**
 * Ways to start that leave the base model as it is. EVA chooses ranks and the start of A by data and keeps B zero;
 * `orthogonal` starts with B·A = 0.
 */
const HARMLESS = ['gaussian', 'eva', 'orthogonal'];

/** @throws PolicyError naming the first key that makes this something else than plain LoRA. */
export function refuseVariants(config: Json, origin: string): void {
  refuseInitialisation(config, origin);
  for (const [key, value] of Object.entries(config)) {
    if (KNOWN.has(key) || isOff(value)) continue;
    if (key === 'bias' && value === 'none') continue;
    if (key === 'eva_config' && config['init_lora_weights'] === 'eva') continue;
    const found = `${origin}: ${key} = ${show(value)} is not supported. `;
    const reason = Object.hasOwn(REASONS, key) ? REASONS[key] : undefined;
    throw new PolicyError(
      found +
        (reason ??
          'It is not known what it changes, so the adapter is not used as if it were plain LoRA. If it changes nothing in ' +
            'the computation, remove it from the file; else merge the adapter with the library that wrote it.'),
      { code: 'policy/adapter-variant', params: { key, value } },
    );
  }
}

function refuseInitialisation(config: Json, origin: string): void {
  const value = config['init_lora_weights'];
  if (value === undefined || value === null || typeof value === 'boolean') return;
  const name = typeof value === 'string' ? value.toLowerCase() : '';
  if (HARMLESS.includes(name)) return;
  const method = INITIALISATIONS.find(([prefix]) => name.startsWith(prefix))?.[1];
  const found = `${origin}: init_lora_weights = ${show(value)} is not supported. `;
  const params = { key: 'init_lora_weights', value };
  if (method === undefined) {
    throw new PolicyError(
      `${found}Known are true, false, ${HARMLESS.join(', ')}, which leave the base model as it is. Convert the adapter to ` +
        'plain LoRA with the library that wrote it.',
      { code: 'policy/adapter-variant', params },
    );
  }
  throw new PolicyError(
    `${found}${method} changes the weights of the base model when training starts, and this adapter belongs to those: on ` +
      'the untouched model it is wrong. Convert it with PEFT: save_pretrained(…, ' +
      'path_initial_model_for_weight_conversion=…) writes a plain LoRA adapter for the untouched model.',
    { code: 'policy/adapter-variant', params },
  );
}

function isOff(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 120);
}
