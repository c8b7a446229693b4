/** Which stored tensor is which tensor of a model, in all the spellings that checkpoints have. */
import type { StoredRows, TensorStore } from '../../formats/tensor-store';
import { expectedTensors } from '../model/tensors';
import type { ModelConfig } from '../types';
import { PolicyError } from '../../errors/policy';
import { type Many, manyOf } from '../../errors/texts/many';

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
      throw PolicyError.of('policy/tensor-shape', { origin, name: stored, found: tensor.shape, shape });
    }
    found.set(name, tensor);
  }
  if (missing.length === 1 && missing[0] === HEAD) {
    throw PolicyError.of('policy/no-head', { origin, name: HEAD });
  }
  if (missing.length > 0) {
    throw PolicyError.of('policy/tensors-missing', {
      origin,
      missing: manyOf(missing, 8),
      needed: expected.size,
      family: config.family,
      layers: config.layers,
      others: otherNames(store, present),
    });
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
      throw PolicyError.of('policy/tensor-names', { origin, name, first: other.stored, second: stored });
    }
  }
  return matches;
}

/** Where not one name is known, some of those that are there. */
function otherNames({ tensors }: TensorStore, present: ReadonlyMap<string, Match>): Many | null {
  if ([...present.keys()].some((name) => name.startsWith('model.layers.'))) return null;
  return manyOf([...tensors.keys()], 3);
}

/** `attention_bias` puts a bias on o_proj too, which the engine does not have; converted Qwen2 models hold zeros. */
async function refuseOutputBias(bias: StoredRows, name: string, origin: string): Promise<void> {
  if ((await bias.read(0, bias.shape[0] ?? 1)).some((value) => value !== 0)) {
    throw PolicyError.of('policy/output-bias', { origin, name });
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
    throw PolicyError.of('policy/tensor-not-finite', {
      origin,
      name,
      found: String(data[index]),
      index: start + index,
    });
  }
}
