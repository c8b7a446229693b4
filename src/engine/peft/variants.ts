/**
 * What an `adapter_config.json` may hold beside plain LoRA, and why it cannot be used: each of these is another
 * computation, or belongs to another base model, so that as plain LoRA every log-prob would be wrong without a word.
 * Read after PEFT 0.21 (`tuners/lora/config.py`, `layer.py`).
 */
import { shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';

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

const INITIALISATION = 'init_lora_weights';

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
    if (key === 'eva_config' && config[INITIALISATION] === 'eva') continue;
    throw PolicyError.of('policy/adapter-variant', { origin, key, found: shownOf(value), start: null });
  }
}

function refuseInitialisation(config: Json, origin: string): void {
  const value = config[INITIALISATION];
  if (value === undefined || value === null || typeof value === 'boolean') return;
  const name = typeof value === 'string' ? value.toLowerCase() : '';
  if (HARMLESS.includes(name)) return;
  const method = INITIALISATIONS.find(([prefix]) => name.startsWith(prefix))?.[1];
  const start = method === undefined ? { known: HARMLESS } : { method };
  throw PolicyError.of('policy/adapter-variant', {
    origin,
    key: INITIALISATION,
    found: shownOf(value),
    start,
  });
}

function isOff(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
