import { expect, it } from 'vitest';
import configs from '../../../tests/fixtures/published-configs.json';
import { KNOWN_MODELS, leastWeightBytes, modelNamed } from './known-models';

it('models are named by owner and name, with or without a revision, or by address', () => {
  expect(modelNamed(' Qwen/Qwen3-0.6B ')).toBe('hub:Qwen/Qwen3-0.6B');
  expect(modelNamed('hub:Qwen/Qwen3-0.6B@main')).toBe('hub:Qwen/Qwen3-0.6B@main');
  expect(modelNamed('https://example.org/model/')).toBe('https://example.org/model/');
  for (const wrong of ['', 'Qwen', 'a b/c', '/tmp/x y', 'a/b/c']) expect(modelNamed(wrong)).toBeNull();
});

it('contexts are those of the published configurations', () => {
  const published = configs as unknown as Readonly<
    Record<string, { readonly hub?: { readonly max_position_embeddings?: number } } | undefined>
  >;
  const known = KNOWN_MODELS.filter(({ id }) => published[id.split('/')[1] ?? ''] !== undefined);
  expect(known.length).toBeGreaterThan(2);
  for (const { id, context } of known)
    expect([id, context]).toEqual([id, published[id.split('/')[1] ?? '']?.hub?.max_position_embeddings]);
});

it('files hold at least two bytes a parameter, and no form on the GPU is smaller than the least', () => {
  for (const model of KNOWN_MODELS) {
    expect(model.bytes).toBeGreaterThanOrEqual(2 * model.parameters);
    expect(leastWeightBytes(model)).toBeLessThan(model.bytes);
  }
});
