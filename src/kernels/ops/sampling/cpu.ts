import { SAMPLE_KEY_WORDS, SAMPLE_OUT_WORDS, type DrawParams } from '../../sampling/sampling';
import { referenceDraw } from '../../sampling/reference';
import type { Numbers } from '../register';

/** Per row: token, log-prob at the temperature, log-prob among the kept tokens, their number. */
export function sampleTokens(
  logits: Numbers,
  keys: Numbers,
  rows: number,
  vocabulary: number,
  params: DrawParams,
): Float64Array {
  const out = new Float64Array(rows * SAMPLE_OUT_WORDS);
  const all = Array.from(logits);
  for (let row = 0; row < rows; row++) {
    const word = (i: number) => (keys[row * SAMPLE_KEY_WORDS + i] as number) >>> 0;
    const key = { step: word(0), group: word(1), rollout: word(2), position: word(3) };
    const draw = referenceDraw(all.slice(row * vocabulary, (row + 1) * vocabulary), key, params);
    out.set([draw.id, draw.logprob, draw.keptLogprob, draw.kept.length], row * SAMPLE_OUT_WORDS);
  }
  return out;
}
