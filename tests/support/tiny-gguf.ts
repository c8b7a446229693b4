/** A model of random weights as a GGUF file, made by MailGym's own writer. */
import { join } from 'node:path';
import { REPOSITORY } from '../../scripts/runtime/page';
import { folderFiles } from '../../src/engine/files/folder-node';
import { memoryFiles } from '../../src/engine/files/memory';
import { loadModelConfig } from '../../src/engine/model/config';
import { initWeights } from '../../src/engine/weights/weights';
import { exportModel } from '../../src/export/export';
import { MemorySink } from '../../src/export/sink';
import { writeSafetensors } from '../../src/formats/safetensors';
import type { ExportType } from '../../src/settings/choices';

/** With the built-in model's shape, tokenizer and template, and other weights. */
export async function tinyGguf(type: ExportType = 'q8_0', seed = 1): Promise<Uint8Array> {
  const files = await randomModel(seed);
  const sink = new MemorySink();
  await exportModel(memoryFiles(files, 'random'), sink, {
    format: 'gguf',
    type,
    adapter: null,
    baseModel: null,
    name: 'random',
    anyTokenizer: true,
  });
  const bytes = sink.files.get('random.gguf');
  if (bytes === undefined) throw new Error(`The export made ${[...sink.files.keys()].join(', ')}.`);
  return bytes;
}

/** The same as files of a Hugging Face folder. */
export async function randomModel(seed = 1): Promise<Map<string, Uint8Array>> {
  const tiny = folderFiles(join(REPOSITORY, 'public', 'models', 'mailgym-tiny'));
  const files = new Map<string, Uint8Array>();
  for (const name of ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'])
    files.set(name, await tiny.read(name));
  // Chat templates that ask for tools in words make longer prompts than the built-in model's own.
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as object;
  files.set(
    'config.json',
    new TextEncoder().encode(JSON.stringify({ ...config, max_position_embeddings: 4096 })),
  );
  const weights = initWeights(await loadModelConfig(tiny), seed);
  files.set('model.safetensors', writeSafetensors(weights));
  return files;
}
