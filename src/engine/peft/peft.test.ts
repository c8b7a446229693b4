import { describe, expect, test } from 'vitest';
import { adapterTensors } from '../model/tensors';
import type { LoraConfig, ModelConfig } from '../types';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { PolicyError } from '../../errors/policy';
import { StorageError } from '../../errors/storage';
import { LORA_TARGETS } from '../../settings/choices';
import { adapterFolder, readAdapterFolder } from './index';
import { parseSafetensors, writeSafetensors } from '../../formats/safetensors';
import { unzipFiles, zipFiles } from '../../formats/zip';
import { loraLayout, loraTensors } from '../model/lora';
import { SMALL } from '../../../tests/fixtures/small-config';

const MODEL: ModelConfig = { ...SMALL, tiedEmbeddings: true };
const LORA: LoraConfig = { r: 3, alpha: 6, targets: [...LORA_TARGETS] };

function adapter(model: ModelConfig, lora: LoraConfig): Map<string, HostTensor> {
  return new Map(
    [...adapterTensors(model, lora)].map(([name, shape], index) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [name, { shape, data: Float32Array.from({ length: count }, (_, i) => index + i / 8) }];
    }),
  );
}

function folder(tensors: HostTensors = adapter(MODEL, LORA), changes: object = {}): Map<string, Uint8Array> {
  const files = adapterFolder(tensors, LORA, { baseModel: 'owner/name' });
  const config = { ...configOf(files), ...changes };
  return files.set('adapter_config.json', new TextEncoder().encode(JSON.stringify(config)));
}

function configOf(files: ReadonlyMap<string, Uint8Array>): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(files.get('adapter_config.json'))) as Record<string, unknown>;
}

test('layers of a model that also sees images lie under its language model', () => {
  const model: ModelConfig = { ...MODEL, modulePath: 'model.language_model' };
  const tensors = adapter(model, LORA);
  expect([...tensors.keys()][0]).toBe(
    'base_model.model.model.language_model.layers.0.self_attn.q_proj.lora_A.weight',
  );
  expect(
    loraTensors(model, loraLayout(model, LORA))
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...tensors.keys()].sort());
  expect(readAdapterFolder(folder(tensors), model).tensors).toEqual(tensors);
});

test('names, shapes and configuration are those of PEFT', () => {
  const lora: LoraConfig = { r: 3, alpha: 6, targets: ['v_proj', 'down_proj'] };
  const files = adapterFolder(adapter({ ...MODEL, layers: 1 }, lora), lora, { baseModel: 'owner/name' });
  const { tensors } = parseSafetensors(files.get('adapter_model.safetensors') ?? new Uint8Array(), 'x');
  const prefix = 'base_model.model.model.layers.0';
  expect(Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]))).toEqual({
    [`${prefix}.self_attn.v_proj.lora_A.weight`]: [3, 8],
    [`${prefix}.self_attn.v_proj.lora_B.weight`]: [12, 3],
    [`${prefix}.mlp.down_proj.lora_A.weight`]: [3, 12],
    [`${prefix}.mlp.down_proj.lora_B.weight`]: [8, 3],
  });
  expect(configOf(files)).toMatchObject({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: 3,
    lora_alpha: 6,
    lora_dropout: 0,
    bias: 'none',
    target_modules: ['down_proj', 'v_proj'],
    base_model_name_or_path: 'owner/name',
    inference_mode: true,
  });
});

describe('reading', () => {
  test('what was written, from a zip and from a folder in it', () => {
    const expected = { tensors: adapter(MODEL, LORA), lora: LORA, notices: [] };
    expect(readAdapterFolder(folder(), MODEL)).toEqual(expected);
    const nested = new Map([...folder()].map(([path, bytes]) => [`best_model/${path}`, bytes]));
    expect(readAdapterFolder(unzipFiles(zipFiles(nested), 'a.zip'), MODEL)).toEqual(expected);
  });

  test('names with the adapter’s own name', () => {
    const named = [...adapter(MODEL, LORA)].map(
      ([name, tensor]) => [name.replace('.weight', '.default.weight'), tensor] as const,
    );
    const files = folder();
    files.set('adapter_model.safetensors', writeSafetensors(new Map(named)));
    expect(readAdapterFolder(files, MODEL).tensors).toEqual(adapter(MODEL, LORA));
  });

  test('target modules in any order, or all-linear', () => {
    expect(
      readAdapterFolder(folder(undefined, { target_modules: [...LORA_TARGETS].reverse() }), MODEL).lora,
    ).toEqual(LORA);
    expect(readAdapterFolder(folder(undefined, { target_modules: 'all-linear' }), MODEL).lora).toEqual(LORA);
  });
});

describe('adapters that do not fit', () => {
  const name = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';

  test.each<[string, ModelConfig, RegExp]>([
    [
      'wider model',
      { ...MODEL, hiddenSize: 10 },
      /"base_model.*q_proj\.lora_A\.weight" must have shape \[3, 10\].*found \[3, 8\]/,
    ],
    [
      'deeper model',
      { ...MODEL, layers: 3 },
      /"base_model.*layers\.2.*" is missing.*3 layers.*needs 42 tensors, found 28/,
    ],
    [
      'shallower model',
      { ...MODEL, layers: 1 },
      /"base_model.*layers\.1.*" has no place in a model of 1 layers/,
    ],
  ])('%s', (_name, model, message) => {
    const read = (): unknown => readAdapterFolder(folder(), model, 'mine');
    expect(read).toThrow(PolicyError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^mine: adapter_model\.safetensors: .*another model/);
  });

  test.each<[string, object, RegExp]>([
    ['rank', { r: 4 }, /must have shape \[4, 8\].*r = 4, found \[3, 8\]/],
    ['fewer targets', { target_modules: ['q_proj'] }, /has no place/],
    ['type', { peft_type: 'IA3' }, /peft_type is "IA3"; only "LORA"/],
    ['no type', { peft_type: undefined }, /peft_type is nothing/],
    ['rslora', { use_rslora: 1 }, /use_rslora must be true or false, found 1/],
    ['dora', { use_dora: true }, /use_dora/],
    ['bias', { bias: 'all' }, /bias = "all"/],
    ['patterns', { rank_pattern: { q_proj: 8 } }, /must have shape \[8, 8\].*r = 8, found \[3, 8\]/],
    ['saved modules', { modules_to_save: ['lm_head'] }, /modules_to_save/],
    [
      'layers',
      { layers_to_transform: [0] },
      /layers\.1\.self_attn\.q_proj, which has no place.*layers_to_transform = \[0\]/,
    ],
    [
      'targets',
      { target_modules: ['q_proj', 'lm_head', 'c_attn'] },
      /k_proj, which has no place.*target_modules = \["q_proj","lm_head","c_attn"\]/,
    ],
    ['expression', { target_modules: '.*_prox' }, /q_proj, which has no place.*target_modules = "\.\*_prox"/],
    ['r', { r: 0 }, /r must be an integer/],
    ['alpha', { lora_alpha: '8' }, /lora_alpha must be a number/],
  ])('%s', (_name, changes, message) => {
    const read = (): unknown => readAdapterFolder(folder(undefined, changes), MODEL);
    expect(read).toThrow(PolicyError);
    expect(read).toThrow(message);
  });

  test('a name twice', () => {
    const tensors = adapter(MODEL, LORA);
    tensors.set(name.replace('.weight', '.default.weight'), tensors.get(name) as HostTensor);
    expect(() => readAdapterFolder(folder(tensors), MODEL)).toThrow(/with and without "\.default"/);
  });

  test('files missing, doubled, pickled, damaged', () => {
    const files = folder();
    expect(() => readAdapterFolder(new Map(), MODEL)).toThrow(/no adapter_model\.safetensors.*found nothing/);
    const pickled = new Map([['adapter_model.bin', new Uint8Array()]]);
    expect(() => readAdapterFolder(pickled, MODEL)).toThrow(/pickle/);
    const two = new Map([...files, ...[...files].map(([path, bytes]) => [`b/${path}`, bytes] as const)]);
    expect(() => readAdapterFolder(two, MODEL)).toThrow(/several adapters/);
    const weights = files.get('adapter_model.safetensors') as Uint8Array;
    files.set('adapter_model.safetensors', weights.subarray(0, 900));
    expect(() => readAdapterFolder(files, MODEL)).toThrow(/truncated/);
    files.set('adapter_config.json', new TextEncoder().encode('{'));
    expect(() => readAdapterFolder(files, MODEL)).toThrow(/not valid JSON/);
  });
});

describe('zip', () => {
  test('equal files give equal bytes in any order', () => {
    const files = folder();
    expect(zipFiles(new Map([...files].reverse()))).toEqual(zipFiles(files));
    expect(unzipFiles(zipFiles(files), 'x')).toEqual(
      new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    );
  });

  test('something else is refused', () => {
    expect(() => unzipFiles(new Uint8Array(100), 'x.zip')).toThrow(StorageError);
    expect(() => unzipFiles(new Uint8Array(100), 'x.zip')).toThrow(/^x\.zip cannot be unpacked/);
  });
});
