/**
 * Exports loaded by the programs they are made for, against the engine: llama.cpp, transformers and PEFT (Python) and
 * transformers.js on ONNX Runtime; of small random models of every family, and of the real ones with a random adapter.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderFiles } from '../../src/engine/files/folder-node';
import { openModelFilesNode } from '../../src/engine/files/open-node';
import { loadModelConfig } from '../../src/engine/model/config';
import { adapterFolder } from '../../src/engine/peft';
import { exportModel } from '../../src/export/export';
import { folderSink } from '../../src/export/sink-node';
import { openSource } from '../../src/export/source';
import type { ModelFiles } from '../../src/formats/files';
import { openDevice } from '../../src/kernels/device';
import type { Gpu } from '../../src/kernels/gpu';
import { Random } from '../../src/random/philox';
import { openWeights } from '../../src/engine/weights/weight-files';
import type { Log } from '../setup/system';
import { FORMS, type Form, REAL_FORMS, rounded } from './exports/forms';
import { makeModel, RANDOM_MODELS, randomAdapter } from './exports/models';
import {
  byEngine,
  byReferees,
  byTransformersJs,
  type Found,
  pathOf,
  type Scores,
  type Texts,
} from './exports/programs';
import { MODEL_TITLES, type RealModel, type Referees } from './referees';
import { atMost, number, type Row } from './report';

const LENGTH = 40;
const NEW_TOKENS = 24;

export async function exportRows(
  webgpu: GPU,
  { python, models: files }: Referees,
  models: readonly RealModel[],
  /** Names of {@link RANDOM_MODELS}. */
  families: readonly string[],
  log: Log,
): Promise<Row[]> {
  const work = mkdtempSync(join(tmpdir(), 'mailgym-exports-'));
  const { gpu } = await openDevice(webgpu);
  try {
    const rows: Row[] = [];
    for (const [name, config] of Object.entries(RANDOM_MODELS)) {
      if (!families.includes(name)) continue;
      log(`exports: ${name}`);
      const folder = join(work, name.replaceAll(' ', ''));
      const model = join(folder, 'model');
      await makeModel(model, config);
      rows.push(...(await check(gpu, python, name, folder, folderFiles(model), model, FORMS)));
      rmSync(folder, { recursive: true });
    }
    for (const name of models) {
      log(`exports: ${MODEL_TITLES[name]}`);
      const folder = join(work, name);
      const own = await openModelFilesNode(files[name], '');
      // What PEFT loads as its base is the model written as it is.
      const base = join(folder, 'model');
      await exportModel(own, folderSink(base), {
        ...{ format: 'safetensors', type: 'f32', adapter: null, baseModel: null, name: 'model' },
      });
      rows.push(...(await check(gpu, python, MODEL_TITLES[name], folder, own, base, REAL_FORMS)));
      rmSync(folder, { recursive: true });
    }
    return rows;
  } finally {
    gpu.dispose();
    gpu.device.destroy();
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param base the model's folder for transformers */
async function check(
  gpu: Gpu,
  python: string,
  model: string,
  folder: string,
  files: ModelFiles,
  base: string,
  forms: readonly Form[],
): Promise<Row[]> {
  const config = await loadModelConfig(files);
  const { lora, tensors } = randomAdapter(config);
  const adapter = adapterFolder(tensors, lora, { baseModel: base });
  const random = new Random(3, model);
  const ids = (count: number) =>
    Array.from({ length: count }, () => 16 + random.integer(Math.min(config.vocabSize, 1400) - 16));
  const texts: Texts = { sequences: [ids(LENGTH), ids(LENGTH)], prompt: ids(12), tokens: NEW_TOKENS };
  const store = await openWeights(files);
  const source = await openSource(files, adapter);
  try {
    const own = await byEngine(gpu, config, store, { lora, tensors, notices: [] }, texts);
    const sinkOf = (form: string) => join(folder, form.replaceAll(/\W+/g, '-'));
    for (const { name, options } of forms) {
      const to = { adapter, baseModel: base, name: 'model', anyTokenizer: true, ...options };
      await exportModel(files, folderSink(sinkOf(name)), to);
    }
    const bare = join(folder, 'bare');
    mkdirSync(bare, { recursive: true });
    await exportModel(files, folderSink(bare), {
      ...{ format: 'gguf', type: 'f32', adapter: null, baseModel: null, name: 'model', anyTokenizer: true },
    });
    const judged = forms.filter(({ options }) => options.format !== 'onnx');
    const results = byReferees(
      python,
      folder,
      judged.map(({ name, options: { format, type } }) => ({
        ...{ name, kind: type === 'q8_0' ? 'gguf-q8_0' : format, path: pathOf(sinkOf(name), format) },
        base:
          format === 'gguf-adapter'
            ? join(bare, 'model.gguf')
            : format === 'gguf'
              ? wholeOf(forms, sinkOf)
              : base,
      })),
      texts,
    );
    const rows: Row[] = [];
    for (const form of forms) {
      const { name, options } = form;
      const isOnnx = options.format === 'onnx';
      const found = isOnnx ? await byTransformersJs(sinkOf(name), texts) : results[name];
      // What is rounded a lot is held against the engine on weights that were rounded so.
      const like = form.rounds === undefined ? own : await rounded(gpu, source, form.rounds, texts);
      rows.push(compare(model, form, like, found, form.rounds === undefined ? null : own));
      const blocks = results[name]?.blocks;
      if (blocks !== undefined) {
        rows.push(atMost({ part: model, what: `${name}: share of blocks unlike gguf's` }, blocks, 0));
      }
    }
    return rows;
  } finally {
    await store.close();
    await source.close();
  }
}

/** The merged model in float32 as GGUF, from which gguf makes its own 8-bit blocks; null where it was not written. */
function wholeOf(forms: readonly Form[], sinkOf: (form: string) => string): string | null {
  const whole = forms.find(({ options }) => options.format === 'gguf' && options.type === 'f32');
  return whole === undefined ? null : join(sinkOf(whole.name), 'model.gguf');
}

function compare(
  model: string,
  { name, bound }: Form,
  like: Scores,
  found: Found | undefined,
  /** The engine without rounding, to tell how much that is. */
  plain: Scores | null,
): Row {
  const names = { part: model, what: name };
  if (found === undefined || 'error' in found) {
    const why = (found?.error ?? 'no result').replaceAll('\n', ' ').slice(0, 160);
    return { ...names, found: why, beside: '', bound: `≤ ${bound}`, isMet: false };
  }
  const differs = like.greedy.findIndex((id, i) => id !== found.greedy[i]);
  const same = `${differs < 0 ? like.greedy.length : differs} of ${like.greedy.length} greedy tokens`;
  const rounding = plain === null ? null : gapOf(plain, found);
  const beside = rounding === null ? same : `${same}, rounding ${number(rounding)}`;
  return atMost(names, gapOf(like, found), bound === 'rounding' ? (rounding ?? 0) : bound, beside);
}

const gapOf = (own: Scores, found: Scores): number =>
  Math.max(
    ...own.logprobs.flatMap((row, s) => row.map((x, t) => Math.abs(x - (found.logprobs[s]?.[t] ?? NaN)))),
  );
