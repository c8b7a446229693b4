/** Weight files as they are met in the wild: `tests/cases/20…22`, and the same bytes with other headers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryFiles } from '../../src/engine/files/memory';
import { loadModelConfig } from '../../src/engine/model/config';
import { expectedTensors, loadWeights } from '../../src/engine/weights/weights';
import { parseSafetensors, toFloat32 } from '../../src/formats/safetensors';
import type { HostTensors } from '../../src/formats/tensors';

const CASES = join(import.meta.dirname, '../cases');
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(join(CASES, path)));

const CONFIG = '20-safetensors-metadata-null/config.json';
const MODEL = '20-safetensors-metadata-null/model.safetensors';

async function load(config: Uint8Array, weights: Uint8Array): Promise<HostTensors> {
  const files = memoryFiles(
    new Map([
      ['config.json', config],
      ['model.safetensors', weights],
    ]),
    'm',
  );
  return await loadWeights(files, await loadModelConfig(files));
}

/** The file with another header in front of the same numbers. */
function withHeader(bytes: Uint8Array, change: (header: string) => string): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = new TextEncoder().encode(change(new TextDecoder().decode(bytes.subarray(8, 8 + length))));
  const result = new Uint8Array(8 + header.length + bytes.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(header.length), true);
  result.set(header, 8);
  result.set(bytes.subarray(8 + length), 8 + header.length);
  return result;
}

/** Every tensor under its name in the file, as numbers. */
function numbers(bytes: Uint8Array, names: Iterable<string>): Record<string, Float32Array> {
  const { tensors } = parseSafetensors(bytes, 'x');
  return Object.fromEntries(
    [...names].map((name) => {
      const stored = tensors.get(name);
      if (stored === undefined) throw new Error(`The case has no ${name}.`);
      return [name, toFloat32(stored, name, 'x')];
    }),
  );
}

const found = (tensors: HostTensors): Record<string, Float32Array> =>
  Object.fromEntries([...tensors].map(([name, { data }]) => [name, data]));

describe('20: metadata', () => {
  const plain = read(MODEL);
  const withMetadata = (json: string) =>
    withHeader(plain, (header) => header.replace('"__metadata__":null', `"__metadata__":${json}`));

  test('null is taken for none, as the reference implementation does; so is an empty object', async () => {
    const loaded = await load(read(CONFIG), plain);
    expect(loaded.size).toBe(20);
    expect(found(loaded)).toEqual(numbers(plain, loaded.keys()));
    expect(await load(read(CONFIG), withMetadata('{}'))).toEqual(loaded);
  });

  test('a number is refused', async () => {
    await expect(load(read(CONFIG), withMetadata('7'))).rejects.toThrow(
      /"__metadata__" must map names to texts, found 7/,
    );
  });
});

describe('21: tensors that nobody needs', () => {
  const folder = '21-safetensors-odd-extras';

  test('may be of any format and size', async () => {
    const bytes = read(`${folder}/model.safetensors`);
    const extras = [...parseSafetensors(bytes, 'x').tensors].filter(([name]) => !name.endsWith('.weight'));
    // The case holds a newer format, a scalar and one without numbers.
    expect(extras.map(([, { shape }]) => shape.length)).toContain(0);
    expect(extras.some(([, { shape }]) => shape.includes(0))).toBe(true);
    expect(extras.some(([, { dtype }]) => dtype === 'F8_E8M0')).toBe(true);
    const loaded = await load(read(`${folder}/config.json`), bytes);
    expect(found(loaded)).toEqual(numbers(bytes, loaded.keys()));
  });

  test('one that is needed must be of a known format', async () => {
    const name = '"model.norm.weight":{"dtype":"F32"';
    const bytes = withHeader(read(MODEL), (header) => {
      expect(header).toContain(name);
      return header.replace(name, name.replace('F32', 'F8_E8M0'));
    });
    await expect(load(read(CONFIG), bytes)).rejects.toThrow(
      /"model\.norm\.weight" is stored as F8_E8M0; weights are read from F32, F16, BF16 and F64/,
    );
  });
});

describe('22: names', () => {
  const folder = '22-safetensors-names';

  test('without "model."', async () => {
    const bytes = read(`${folder}/no-prefix/model.safetensors`);
    const loaded = await load(read(`${folder}/no-prefix/config.json`), bytes);
    const stored = parseSafetensors(bytes, 'x').tensors;
    expect([...stored.keys()].some((name) => name.startsWith('model.'))).toBe(false);
    expect(loaded.size).toBe(20);
    for (const [name, { data }] of loaded) {
      const bare = name.slice('model.'.length);
      expect({ [bare]: data }).toEqual(numbers(bytes, [bare]));
    }
  });

  test.each(['language_model.model.', 'model.language_model.', 'language_model.', 'model.model.'])(
    'with "%s"',
    async (prefix) => {
      const bytes = withHeader(read(MODEL), (header) => header.replaceAll('"model.', `"${prefix}`));
      expect(await load(read(CONFIG), bytes)).toEqual(await load(read(CONFIG), read(MODEL)));
    },
  );

  test('two that would be the same are refused, unless one of them is as it should be', async () => {
    const [a, b] = [
      '"model.layers.0.input_layernorm.weight"',
      '"model.layers.0.post_attention_layernorm.weight"',
    ];
    const twice = (first: string, second: string) =>
      withHeader(read(MODEL), (header) => header.replace(a as string, first).replace(b as string, second));
    const [bare, wrapped, exact] = ['', 'language_model.model.', 'model.'].map(
      (prefix) => `"${prefix}layers.0.input_layernorm.weight"`,
    ) as [string, string, string];
    await expect(load(read(CONFIG), twice(bare, wrapped))).rejects.toThrow(/would both be model\.layers\.0/);
    await expect(load(read(CONFIG), twice(exact, wrapped))).rejects.toThrow(
      /lack 1 of 20.*post_attention_layernorm/,
    );
  });

  test('an untied config and no head: what it says, and what is most likely meant', async () => {
    const bytes = read(`${folder}/untied-without-head/model.safetensors`);
    const config = read(`${folder}/untied-without-head/config.json`);
    await expect(load(config, bytes)).rejects.toThrow(
      /output projection is a matrix of its own.*no lm_head\.weight.*set "tie_word_embeddings" to true/,
    );
    const tied = new TextEncoder().encode(
      new TextDecoder().decode(config).replace('"tie_word_embeddings": false', '"tie_word_embeddings": true'),
    );
    expect((await load(tied, bytes)).size).toBe(20);
  });

  test('names of another kind are shown', async () => {
    const bytes = withHeader(read(MODEL), (header) => header.replaceAll('"model.', '"transformer.h.'));
    await expect(load(read(CONFIG), bytes)).rejects.toThrow(
      /lack 20 of 20.*of another kind: transformer\.h\.\S+, \S+, \S+ and 17 more\./,
    );
  });
});

test('the case has the tensors of its config', async () => {
  const files = memoryFiles(new Map([['config.json', read(CONFIG)]]), 'm');
  expect(expectedTensors(await loadModelConfig(files)).size).toBe(20);
});
