import { beforeAll, describe, expect, test } from 'vitest';
import { randomModel, tinyGguf } from '../../../tests/support/tiny-gguf';
import { blobFiles } from '../../engine/files/blobs';
import { openWeights } from '../../engine/weights/weight-files';
import { parseSafetensors } from '../../formats/safetensors';
import type { GivenFile } from '../types';
import { GivenModels } from './given-models';

let folder: Map<string, Uint8Array>;
let gguf: Uint8Array;
beforeAll(async () => {
  folder = await randomModel();
  gguf = await tinyGguf();
}, 60_000);

const given = (path: string, bytes: Uint8Array | string): GivenFile => ({
  path,
  content: new Blob([bytes as Uint8Array<ArrayBuffer>]),
});
const folderAt = (prefix: string, change: Record<string, Uint8Array | string | null> = {}) =>
  Object.entries({ ...Object.fromEntries(folder), ...change }).flatMap(([name, bytes]) =>
    bytes === null ? [] : [given(prefix + name, bytes)],
  );
/** The GGUF file with other bytes so far behind a name in it. */
function changed(name: string, offset: number, bytes: Uint8Array): Uint8Array {
  const copy = gguf.slice();
  const at = Buffer.from(copy.buffer).indexOf(name);
  expect(at).toBeGreaterThan(0);
  copy.set(bytes, at + name.length + offset);
  return copy;
}

/** The folder's weights with one tensor, of a byte a number, in another format. */
function weightsWith(name: string, dtype: string): Uint8Array {
  const { tensors } = parseSafetensors(folder.get('model.safetensors')!, 'folder');
  let end = 0;
  const parts = [...tensors].map(([own, tensor]) => {
    const data = own === name ? tensor.data.subarray(0, tensor.data.length / 4) : tensor.data;
    const entry = { dtype: own === name ? dtype : tensor.dtype, shape: tensor.shape };
    return { data, entry: [own, { ...entry, data_offsets: [end, (end += data.length)] }] as const };
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(parts.map(({ entry }) => entry))));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Uint8Array.from(Buffer.concat([length, header, ...parts.map(({ data }) => data)]));
}

describe('a model that a visitor gave', () => {
  test('a GGUF file: what it is, before any of its weights are read', async () => {
    const models = new GivenModels();
    const model = await models.add([given('downloads/random.gguf', gguf)]);
    expect(model).toMatchObject({
      ...{ model: 'file:random.gguf', files: 1, bytes: gguf.length, family: 'llama', preferred: 'f32' },
      storedAs: ['Q8_0', 'F32'],
    });
    const [f32, f16] = model.forms;
    expect(f32).toEqual({ form: 'f32', bytes: 4 * model.parameters });
    expect(f16?.bytes).toBeLessThan(0.6 * 4 * model.parameters);
    const store = await openWeights(models.find(model.model)!);
    expect(store.tensors.has('model.embed_tokens.weight')).toBe(true);
  });

  test('a folder of Hugging Face, whatever lies beside the model, is the folder’s name', async () => {
    const models = new GivenModels();
    const model = await models.add([
      ...folderAt('up/my-model/'),
      given('up/my-model/onnx/config.json', '{}'),
    ]);
    expect(model).toMatchObject({ model: 'file:my-model', family: 'llama', storedAs: ['F32'] });
    const files = models.find('file:my-model');
    expect(await files?.has('tokenizer.json')).toBe(true);
    expect(await files?.has('vocab.json')).toBe(false);
    // Files picked one by one have no folder.
    expect((await models.add(folderAt(''))).model).toBe('file:folder');
  });

  test('the name of another kind is none of it, and one that is gone says what to do', () => {
    const models = new GivenModels();
    expect(models.find('mailgym-tiny')).toBeNull();
    expect(() => models.find('file:a.gguf')).toThrow(
      expect.objectContaining({
        code: 'policy/file-gone',
        message: expect.stringMatching(/Choose the file again/),
      }),
    );
  });

  test('the second of one name takes the first one’s place; one that is refused does not', async () => {
    const models = new GivenModels();
    await models.add([given('a.gguf', gguf)]);
    const first = models.find('file:a.gguf');
    await expect(models.add([given('a.gguf', gguf.subarray(0, 5000))])).rejects.toThrow();
    expect(models.find('file:a.gguf')).toBe(first);
    await models.add([given('a.gguf', await tinyGguf('f16', 2))]);
    expect(models.find('file:a.gguf')).not.toBe(first);
  });
});

describe('refused', () => {
  const refused = async (files: readonly GivenFile[], message: RegExp) =>
    await expect(new GivenModels().add(files)).rejects.toMatchObject({
      name: 'PolicyError',
      message: expect.stringMatching(message),
    });

  test('no model, or several', async () => {
    await refused([], /Among no files there is no model/);
    await refused(
      [given('x/pytorch_model.bin', 'x'), given('x/a.txt', 'x')],
      /Among pytorch_model\.bin, a\.txt there is no model.*one GGUF file/,
    );
    await refused(
      [given('a.gguf', gguf), given('b.gguf', gguf)],
      /Several models were given: a\.gguf, b\.gguf/,
    );
    await refused([...folderAt('one/'), ...folderAt('two/')], /Several models were given: one\/, two\//);
  });

  test('a damaged file', async () => {
    await refused([given('a.gguf', 'GIF89a, which is a picture and no model')], /a\.gguf: not a GGUF file/);
    await refused([given('a.gguf', gguf.subarray(0, 3000))], /a\.gguf.*(ends|truncated|cut)/);
    await refused([given('a.gguf', gguf.subarray(0, gguf.length - 100))], /a\.gguf: truncated: tensor/);
    const weights = folder.get('model.safetensors')!.subarray(0, -8);
    await refused(folderAt('m/', { 'model.safetensors': weights }), /m: model\.safetensors/);
  });

  test('a family, a number format or a folder that is not read', async () => {
    // Behind a key stand the type of its value and the length of the text; behind a tensor's name its two sizes.
    const mamba = changed('general.architecture', 12, new TextEncoder().encode('mamba'));
    await refused([given('a.gguf', mamba)], /a\.gguf: .*architecture is "mamba"; supported are llama, /);
    const other = changed('blk.0.attn_k.weight', 20, Uint8Array.of(20));
    await refused([given('a.gguf', other)], /a\.gguf: .*blk\.0\.attn_k\.weight.* IQ4_NL/);
    const name = 'model.layers.1.mlp.up_proj.weight';
    for (const dtype of ['F8_E4M3', 'I8', 'F7_OF_TOMORROW']) {
      const weights = weightsWith(name, dtype);
      const message = new RegExp(`m: model\\.safetensors: tensor "${name}" is stored as ${dtype};`);
      await refused(folderAt('m/', { 'model.safetensors': weights }), message);
    }
    const config = JSON.parse(new TextDecoder().decode(folder.get('config.json'))) as object;
    const bert = JSON.stringify({ ...config, model_type: 'bert', architectures: ['BertModel'] });
    await refused(folderAt('m/', { 'config.json': bert }), /bert/);
    await refused(folderAt('m/', { 'model.safetensors': null }), /neither model\.safetensors nor/);
    await refused(folderAt('m/', { 'tokenizer.json': null }), /there is no tokenizer\.json/);
  });
});

test('a file that is gone from the disk says so', async () => {
  const gone = Object.assign(new Blob(['x']), {
    arrayBuffer: () =>
      Promise.reject(new DOMException('The requested file could not be read', 'NotReadableError')),
  });
  const files = blobFiles(new Map([['config.json', gone]]), 'm');
  await expect(files.read('config.json')).rejects.toMatchObject({
    code: 'policy/file-changed',
    message: expect.stringMatching(/^m: config\.json cannot be read any more.*Choose it again\.$/),
  });
  const file = await blobFiles(new Map([['a', new Blob(['abc'])]]), 'm').open('a');
  expect([...(await file.read(1, 3))]).toEqual([98, 99]);
  await expect(file.read(1, 4)).rejects.toThrow(/bytes 1 to 4 of a/);
});
