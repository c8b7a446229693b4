/** Adapter configurations as people write them; values of the cases against PEFT are in tests/gpu/peft.test.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PolicyError } from '../../errors/policy';
import { writeSafetensors } from '../../formats/safetensors';
import type { HostTensor, HostTensors } from '../../formats/tensors';
import { LORA_TARGETS, type LoraTarget } from '../../settings/choices';
import { SMALL } from '../../../tests/fixtures/small-config';
import { linearPath, linearShape } from '../model/tensors';
import type { LoraModuleConfig, ModelConfig } from '../types';
import { adapterFolder, readAdapterFolder } from './index';

const MODEL: ModelConfig = { ...SMALL, layers: 3, tiedEmbeddings: true };
/** mailgym-tiny as far as adapters see it. */
const MAILGYM_TINY: ModelConfig = {
  ...MODEL,
  ...{
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    kvHeads: 4,
    headDim: 32,
    intermediateSize: 352,
    vocabSize: 1408,
  },
};

type At = readonly [layer: number, target: LoraTarget, r?: number];

function pairs(modules: readonly At[], rename = (name: string) => name): HostTensors {
  const tensors = new Map<string, HostTensor>();
  for (const [layer, target, r = 2] of modules) {
    const shape = linearShape(MODEL, target);
    const add = (half: 'A' | 'B', size: readonly [number, number]) =>
      tensors.set(rename(`base_model.model.${linearPath(layer, target)}.lora_${half}.weight`), {
        shape: size,
        data: new Float32Array(size[0] * size[1]).fill(layer + r / 8),
      });
    add('A', [r, shape.in]);
    add('B', [shape.out, r]);
  }
  return tensors;
}

function folder(config: object, tensors: HostTensors): Map<string, Uint8Array> {
  const base = { peft_type: 'LORA', r: 2, lora_alpha: 4, target_modules: ['q_proj', 'v_proj'] };
  return new Map([
    ['adapter_config.json', new TextEncoder().encode(JSON.stringify({ ...base, ...config }))],
    ['adapter_model.safetensors', writeSafetensors(tensors)],
  ]);
}

const read = (config: object, modules: readonly At[]) =>
  readAdapterFolder(folder(config, pairs(modules)), MODEL);

const every = (...targets: LoraTarget[]): At[] =>
  [0, 1, 2].flatMap((layer) => targets.map((target): At => [layer, target]));

const QV = every('q_proj', 'v_proj');
const PLAIN = { r: 2, alpha: 4, targets: ['q_proj', 'v_proj'] };

describe('which modules', () => {
  const someLayers = (...layers: number[]): At[] => QV.filter(([layer]) => layers.includes(layer));

  test.each<[string, object, readonly At[]]>([
    ['suffixes with their parents', { target_modules: ['self_attn.q_proj', 'self_attn.v_proj'] }, QV],
    ['full paths', { target_modules: QV.map(([layer, target]) => linearPath(layer, target)) }, QV],
    ['an expression', { target_modules: '.*\\.(q|v)_proj' }, QV],
    ['an expression in Python’s own syntax', { target_modules: '(?P<all>.*)\\.(?:q|v)_proj' }, QV],
    [
      'everything but what is excluded',
      {
        target_modules: 'all-linear',
        exclude_modules: ['mlp.up_proj', 'gate_proj', 'down_proj', 'k_proj', 'o_proj'],
      },
      QV,
    ],
    [
      'all but an excluded expression',
      { target_modules: 'ALL-LINEAR', exclude_modules: '.*mlp.*|.*\\.[ko]_proj' },
      QV,
    ],
    ['a name that is in no model', { target_modules: ['q_proj', 'v_proj', 'c_attn'] }, QV],
  ])('%s', (_name, config, modules) => {
    expect(read(config, modules)).toMatchObject({ lora: PLAIN, notices: [] });
    expect(read(config, modules).lora.modules).toBeUndefined();
  });

  test.each<[string, object, readonly At[]]>([
    ['one layer', { layers_to_transform: 1 }, someLayers(1)],
    ['a list of layers', { layers_to_transform: [0, 2] }, someLayers(0, 2)],
    [
      'a pattern before the number',
      { layers_to_transform: [0, 2], layers_pattern: 'layers' },
      someLayers(0, 2),
    ],
    ['several of them', { layers_to_transform: [2], layers_pattern: ['blocks', 'layers'] }, someLayers(2)],
    ['an excluded layer', { exclude_modules: '.*layers\\.1\\..*' }, someLayers(0, 2)],
    [
      'full paths of some',
      { target_modules: someLayers(2).map(([l, t]) => linearPath(l, t)) },
      someLayers(2),
    ],
    [
      'whole paths despite layers',
      { target_modules: ['v_proj', 'model.layers.0.self_attn.q_proj'], layers_to_transform: [2] },
      [
        [0, 'q_proj'],
        [2, 'v_proj'],
      ],
    ],
  ])('%s only', (_name, config, modules) => {
    const { lora, notices, tensors } = read(config, modules);
    expect(notices).toEqual([]);
    const expected = modules.map(([layer, target]) => ({ layer, target, r: 2, alpha: 4 }));
    expect(lora.modules).toEqual(expected);
    expect(tensors).toEqual(pairs(modules));
    expect(readAdapterFolder(adapterFolder(tensors, lora, { baseModel: 'x' }), MODEL)).toEqual({
      lora,
      tensors,
      notices,
    });
  });

  test('modules that the file leaves out stay as they are, and that is said', () => {
    const { lora, notices } = read(
      {},
      QV.filter(([layer, target]) => layer !== 1 || target === 'v_proj'),
    );
    expect(lora.modules).toHaveLength(5);
    expect(notices.join()).toMatch(
      /no tensors of model\.layers\.1\.self_attn\.q_proj, which target_modules means too/,
    );
  });

  test('an expression that cannot be read leaves it to the file, and that is said', () => {
    const { lora, notices } = read({ target_modules: '(?!.*mlp).*_proj' }, QV);
    expect(lora).toEqual(PLAIN);
    expect(notices.join()).toMatch(
      /expression in target_modules = "\(\?!\.\*mlp\)\.\*_proj" cannot be read.*6 modules/,
    );
  });

  test('paths of a model that sees too, and of a decoder alone', () => {
    for (const [prefix, config] of [
      ['model.language_model.', { target_modules: '.*language_model.*\\.(q|v)_proj' }],
      ['language_model.model.', { target_modules: '(?:language_model).*\\.(?:q|v)_proj' }],
      [
        '',
        { target_modules: ['layers.0.self_attn.q_proj', ...QV.map(([l, t]) => linearPath(l, t).slice(6))] },
      ],
    ] as const) {
      const tensors = pairs(QV, (name) => name.replace('model.model.layers', `model.${prefix}layers`));
      const found = readAdapterFolder(folder(config, tensors), MODEL);
      expect(found).toMatchObject({ lora: PLAIN, notices: [] });
      expect(found.tensors).toEqual(pairs(QV));
    }
  });

  test('a model that sees too gets its own paths', () => {
    const model: ModelConfig = { ...MODEL, modulePath: 'model.language_model' };
    const rename = (name: string) => name.replace('model.model.layers', 'model.model.language_model.layers');
    const modules: At[] = [[1, 'q_proj', 3]];
    const files = folder({ r: 3, target_modules: '.*1.*q_proj' }, pairs(modules, rename));
    const { lora, tensors } = readAdapterFolder(files, model);
    expect(tensors).toEqual(pairs(modules, rename));
    const written = adapterFolder(tensors, { ...lora, r: 9 }, { baseModel: 'x' });
    expect(JSON.parse(new TextDecoder().decode(written.get('adapter_config.json')))).toMatchObject({
      target_modules: ['model.language_model.layers.1.self_attn.q_proj'],
      rank_pattern: { 'model.language_model.layers.1.self_attn.q_proj': 3 },
    });
  });

  test.each<[string, object, readonly At[], RegExp]>([
    [
      'expression for other modules',
      { target_modules: '.*\\.c_attn' },
      QV,
      /q_proj, which has no place.*c_attn/,
    ],
    [
      'excluded, but there',
      { exclude_modules: ['v_proj'] },
      QV,
      /v_proj, which has no place.*exclude_modules = \["v_proj"\]/,
    ],
    ['nothing at all', {}, [], /has no tensors, so nothing would be adapted/],
    ['targets nobody has', { target_modules: [] }, QV, /target_modules must be a list/],
    [
      'the last layers missing',
      {},
      someLayers(0, 1),
      /layers\.2\.self_attn\.q_proj\.lora_A\.weight" is missing.*all of the layers after 1.*layers_to_transform/,
    ],
    [
      'more layers than the model',
      {},
      [...QV, [3, 'q_proj']],
      /layers\.3\.self_attn\.q_proj.*no place in a model of 3 layers/,
    ],
    [
      'layers that are no numbers',
      { layers_to_transform: ['0'] },
      QV,
      /layers_to_transform must be a layer number/,
    ],
  ])('refused: %s', (_name, config, modules, message) => {
    expect(() => read(config, modules)).toThrow(PolicyError);
    expect(() => read(config, modules)).toThrow(message);
  });

  test('half a pair', () => {
    const tensors = new Map(pairs(QV));
    tensors.delete('base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight');
    expect(() => readAdapterFolder(folder({}, tensors), MODEL)).toThrow(
      /1\.self_attn\.v_proj\.lora_B\.weight" is missing; its other half/,
    );
  });
});

describe('ranks and scales', () => {
  const ranks = (config: object, modules: readonly At[]): readonly LoraModuleConfig[] =>
    read(config, modules).lora.modules ?? [];

  test('by the end of a path, after a dot, the first that fits', () => {
    const rank_pattern = { '1.self_attn.q_proj': 3, q_proj: 5, _proj: 7, 'layers.*v_proj': 6 };
    const alpha_pattern = { '^model.layers.2.*': 1.5, 'odel.layers.0.self_attn.q_proj': 9 };
    const modules = QV.map(([layer, target]): At => [
      layer,
      target,
      target === 'v_proj' ? 6 : layer === 1 ? 3 : 5,
    ]);
    expect(ranks({ rank_pattern, alpha_pattern }, modules)).toEqual(
      modules.map(([layer, target, r]) => ({ layer, target, r, alpha: layer === 2 ? 1.5 : 4 })),
    );
  });

  test('patterns that make all alike leave the short form', () => {
    const modules = QV.map(([layer, target]): At => [layer, target, 5]);
    expect(read({ rank_pattern: { '.*': 5 }, alpha_pattern: { '.*': 3 } }, modules).lora).toEqual({
      r: 5,
      alpha: 3,
      targets: PLAIN.targets,
    });
  });

  test('rsLoRA is kept, and written again', () => {
    const { lora, tensors } = read({ use_rslora: true }, QV);
    expect(lora).toEqual({ ...PLAIN, rslora: true });
    const written = adapterFolder(tensors, lora, { baseModel: 'x' });
    expect(JSON.parse(new TextDecoder().decode(written.get('adapter_config.json')))).toMatchObject({
      use_rslora: true,
      r: 2,
      lora_alpha: 4,
    });
    expect(readAdapterFolder(written, MODEL).lora).toEqual(lora);
  });

  test.each<[string, object, RegExp]>([
    [
      'a rank that the tensor has not',
      { rank_pattern: { v_proj: 3 } },
      /v_proj\.lora_A\.weight" must have shape \[3, 8\].*found \[2, 8\]/,
    ],
    ['a rank that is none', { rank_pattern: { v_proj: 0 } }, /rank_pattern\["v_proj"\] must be an integer/],
    [
      'an alpha that is none',
      { alpha_pattern: { v_proj: null } },
      /alpha_pattern\["v_proj"\] must be a number, found null/,
    ],
    [
      'an expression that cannot be read',
      { alpha_pattern: { '(?<=x)v_proj': 3 } },
      /alpha_pattern has the key "\(\?<=x\)v_proj".*look-around/,
    ],
    ['a list', { rank_pattern: [3] }, /rank_pattern must be numbers by module/],
  ])('refused: %s', (_name, config, message) => {
    expect(() => read(config, QV)).toThrow(message);
  });
});

describe('what is no plain LoRA', () => {
  const MERGES = /merge_and_unload/;

  test.each<[string, object, RegExp]>([
    ['DoRA', { use_dora: true }, MERGES],
    ['aLoRA', { alora_invocation_tokens: [5, 6] }, /aLoRA.*after its invocation sequence/],
    ['QA-LoRA', { use_qalora: true }, /QA-LoRA/],
    ['BD-LoRA', { use_bdlora: { nblocks: 2 } }, /block-diagonal/],
    [
      'PiSSA',
      { init_lora_weights: 'pissa_niter_16' },
      /PiSSA changes the weights of the base.*path_initial_model_for_weight_conversion/,
    ],
    ['OLoRA', { init_lora_weights: 'olora' }, /OLoRA changes/],
    ['CorDA', { init_lora_weights: 'corda' }, /CorDA changes/],
    ['LoRA-GA', { init_lora_weights: 'lora_ga' }, /LoRA-GA changes/],
    ['LoftQ', { init_lora_weights: 'loftq' }, /LoftQ changes/],
    [
      'a start nobody knows',
      { init_lora_weights: 'mica' },
      /"mica" is not supported.*Known are true, false, gaussian/,
    ],
    ['a start of a strange type', { init_lora_weights: 3 }, /init_lora_weights = 3/],
    ['whole modules', { modules_to_save: ['lm_head'] }, MERGES],
    ['biases', { bias: 'lora_only' }, /bias = "lora_only"/],
    [
      'a key of tomorrow',
      { use_newlora: true },
      /use_newlora = true is not supported.*not known what it changes/,
    ],
    ['a config of tomorrow', { new_config: { a: 1 } }, /new_config/],
    ['a number of tomorrow', { temperature: 0 }, /temperature = 0/],
  ])('refused: %s', (_name, config, message) => {
    expect(() => read(config, QV)).toThrow(PolicyError);
    expect(() => read(config, QV)).toThrow(message);
    expect(() => read(config, QV)).toThrow(expect.objectContaining({ code: 'policy/adapter-variant' }));
  });

  test('what is off, empty or of training alone is taken', () => {
    const harmless = {
      ...{
        use_dora: false,
        new_config: null,
        new_list: [],
        new_table: {},
        new_text: '',
        peft_version: '1.0',
      },
      ...{ lora_dropout: 0.1, megatron_core: 'megatron.core', qalora_group_size: 16, unsloth_fixed: true },
      ...{ init_lora_weights: 'gaussian', loftq_config: {}, auto_mapping: { base_model_class: 'X' } },
    };
    expect(read(harmless, QV).lora).toEqual(PLAIN);
    const eva = { init_lora_weights: 'eva', eva_config: { rho: 2 } };
    expect(read(eva, QV).lora).toEqual(PLAIN);
    expect(() => read({ ...eva, init_lora_weights: true }, QV)).toThrow(/eva_config/);
  });

  test.each([
    ['05-peft-alora', /alora_invocation_tokens = \[5,6\] is not supported/],
    ['06-peft-pissa', /init_lora_weights = "pissa" is not supported/],
  ])('case %s', (name, message) => {
    const path = fileURLToPath(new URL(`../../../tests/cases/${name}/adapter/`, import.meta.url));
    const files = new Map(readdirSync(path).map((file) => [file, readFileSync(`${path}${file}`)]));
    expect(() => readAdapterFolder(files, MAILGYM_TINY)).toThrow(message);
  });

  test('a tensor of DoRA without a word in the config', () => {
    const tensors = new Map(pairs(QV));
    tensors.set('base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector', {
      shape: [24],
      data: new Float32Array(24),
    });
    expect(() => readAdapterFolder(folder({}, tensors), MODEL)).toThrow(
      /lora_magnitude_vector" has no place/,
    );
  });
});

test('the order of the file and all targets', () => {
  const modules = every(...LORA_TARGETS);
  const { tensors } = readAdapterFolder(
    folder({ target_modules: 'all-linear' }, new Map([...pairs(modules)].reverse())),
    MODEL,
  );
  expect([...tensors.keys()]).toEqual([...pairs(modules).keys()]);
});
