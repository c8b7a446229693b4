/** The families that the engine computes. Another one is a file here and a class in `engine/transformers`. */
import { shownOf } from '../../../errors';
import { PolicyError } from '../../../errors/policy';
import type { Json } from '../config-reader';
import type { Family } from './family';
import { gemma3 } from './gemma3';
import { llama } from './llama';
import { qwen2 } from './qwen2';
import { qwen3 } from './qwen3';
import { smollm3 } from './smollm3';

export type { Family, ModelShape } from './family';

export const FAMILIES: readonly Family[] = [llama, qwen2, qwen3, gemma3, smollm3];

/** The family of a parsed `config.json`. @throws PolicyError naming those that there are */
export function familyOf(json: Json, origin: string): Family {
  const type = json['model_type'];
  const family = FAMILIES.find(({ types }) => types.some((name) => name === type));
  if (family !== undefined) return family;
  throw PolicyError.of('policy/config-family', {
    origin,
    found: shownOf(type),
    known: FAMILIES.flatMap(({ types }) => types),
  });
}
