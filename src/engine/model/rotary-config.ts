/** Reads how fast a model's rotary embedding turns. */
import { shownOf } from '../../errors';
import { PolicyError } from '../../errors/policy';
import type { RopeScaling, RotaryFrequencies } from '../types';
import type { ConfigReader } from './config-reader';

/**
 * `rope_theta` and `rope_scaling` in their two spellings: at the top level (transformers 4) or together under
 * `rope_parameters` (transformers 5).
 * @throws PolicyError for frequencies of another kind
 */
export function readRotary(config: ConfigReader, defaultTheta: number): RotaryFrequencies {
  const key = config.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling';
  const parameters = config.child(key);
  const theta = (parameters?.has('rope_theta') ? parameters : config).number(
    'rope_theta',
    defaultTheta,
    1,
    1e12,
  );
  return { theta, scaling: parameters === null ? null : readScaling(parameters) };
}

/** @param parameters what stands under `rope_scaling` or `rope_parameters` */
export function readScaling(parameters: ConfigReader): RopeScaling | null {
  const { json, origin } = parameters;
  const type = json['rope_type'] ?? json['type'] ?? 'default';
  const rotatesAll = (json['partial_rotary_factor'] ?? 1) === 1;
  const isNested = Object.values(json).some((value) => typeof value === 'object' && value !== null);
  if (!rotatesAll || isNested || (type !== 'default' && type !== 'linear' && type !== 'llama3')) {
    throw PolicyError.of('policy/config-rotary', { origin, found: shownOf(json) });
  }
  if (type === 'default') return null;
  const number = (name: string): number => parameters.number(name, null, 1e-6, 2 ** 31);
  if (type === 'linear') return { factor: number('factor') };
  const scaling = {
    factor: number('factor'),
    lowFreqFactor: number('low_freq_factor'),
    highFreqFactor: number('high_freq_factor'),
    originalMaxPositions: number('original_max_position_embeddings'),
  };
  if (scaling.highFreqFactor <= scaling.lowFreqFactor) {
    throw PolicyError.of('policy/config-rotary-order', {
      origin,
      high: scaling.highFreqFactor,
      low: scaling.lowFreqFactor,
    });
  }
  return scaling;
}
