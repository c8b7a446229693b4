/** Which stored tensor is which tensor of a model, in all the spellings that checkpoints have. */
import type { StoredRows, TensorStore } from '../../formats/tensor-store';
import { expectedTensors } from '../model/tensors';
import type { ModelConfig } from '../types';
import { PolicyError } from '../../errors';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** Wrappers around the language model in classes that hold more than it, or hold less than its head. */
const WRAPPERS = /^(?:(?:model|language_model)\.)+/;

/**
 * The name in a plain causal language model: `layers.0…` of a model saved without its head, `language_model.model.…` and
 * `model.language_model.…` of one that sees pictures too. Other names are answered as they are.
 */
export function plainName(stored: string): string {
  const inner = stored.replace(WRAPPERS, '');
  if (/^(?:layers|embed_tokens|norm)\./.test(inner)) return `model.${inner}`;
  return inner.startsWith('lm_head.') ? inner : stored;
}

/**
 * The tensors of {@link expectedTensors}, in its order. Tied embeddings are found under either name, and where both are
 * there the embedding counts. Tensors that nobody needs are ignored, whatever they are.
 * @throws PolicyError listing what is missing, or naming a tensor of the wrong shape
 */
export async function findTensors(
  store: TensorStore,
  config: ModelConfig,
): Promise<ReadonlyMap<string, StoredRows>> {
  const { origin } = store;
  const present = plainNames(store);
  for (const [name, { tensor, stored }] of present) {
    if (name.endsWith('.o_proj.bias')) await refuseOutputBias(tensor, stored, origin);
  }
  const expected = expectedTensors(config);
  const found = new Map<string, StoredRows>();
  const missing: string[] = [];
  for (const [name, shape] of expected) {
    const isTied = name === EMBEDDING && config.tiedEmbeddings;
    const match = present.get(name) ?? (isTied ? present.get(HEAD) : undefined);
    if (match === undefined) {
      missing.push(name);
      continue;
    }
    const { tensor, stored } = match;
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new PolicyError(
        `${origin}: tensor "${stored}" has shape [${tensor.shape.join(', ')}], config.json asks for ` +
          `[${shape.join(', ')}]. Use weights and config.json of the same model.`,
      );
    }
    found.set(name, tensor);
  }
  if (missing.length === 1 && missing[0] === HEAD) {
    throw new PolicyError(
      `${origin}: config.json says that the output projection is a matrix of its own ("tie_word_embeddings": false, ` +
        `or the key is not there), and the weights have no ${HEAD}. Most such models share the embedding: set ` +
        `"tie_word_embeddings" to true; or use weights and config.json of the same model.`,
    );
  }
  if (missing.length > 0) {
    throw new PolicyError(
      `${origin}: the weights lack ${missing.length} of ${expected.size} tensors that config.json asks for ` +
        `(${config.family}, ${config.layers} layers): ${listed(missing)}. Use weights and config.json of the same ` +
        `model.${spelling(store, present)}`,
    );
  }
  return found;
}

interface Match {
  readonly stored: string;
  readonly tensor: StoredRows;
}

function plainNames({ tensors, origin }: TensorStore): Map<string, Match> {
  const matches = new Map<string, Match>();
  for (const [stored, tensor] of tensors) {
    const name = plainName(stored);
    const other = matches.get(name);
    // A name as it should be wins over one that was unwrapped.
    if (other === undefined || stored === name) matches.set(name, { stored, tensor });
    else if (other.stored !== name && !tensors.has(name)) {
      throw new PolicyError(
        `${origin}: "${other.stored}" and "${stored}" would both be ${name}, so it is unclear which one is meant. ` +
          `Use the files of one model only.`,
      );
    }
  }
  return matches;
}

/** Where not one name is known, some of those that are there. */
function spelling({ tensors }: TensorStore, present: ReadonlyMap<string, Match>): string {
  if ([...present.keys()].some((name) => name.startsWith('model.layers.'))) return '';
  return ` The names there are of another kind: ${listed([...tensors.keys()].slice(0, 3))}.`;
}

/** `attention_bias` puts a bias on o_proj too, which the engine does not have; converted Qwen2 models hold zeros. */
async function refuseOutputBias(bias: StoredRows, name: string, origin: string): Promise<void> {
  if ((await bias.read(0, bias.shape[0] ?? 1)).some((value) => value !== 0)) {
    throw new PolicyError(
      `${origin}: "${name}" is not zero; a bias on o_proj is not supported. Choose another model.`,
    );
  }
}

/** @param start position in the tensor of the first number */
export function refuseNonFinite(data: Float32Array, start: number, name: string, origin: string): void {
  // Zero times what is not finite is NaN, and a plain loop takes a tenth of the time of a search.
  let zero = 0;
  for (let i = 0; i < data.length; i++) zero += (data[i] as number) * 0;
  if (zero === 0) return;
  const index = data.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) {
    throw new PolicyError(
      `${origin}: tensor "${name}" holds ${data[index]} at position ${start + index}. The file is damaged or its ` +
        `training diverged; use another copy.`,
    );
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
