/** The files beside the weights: tokenizer and generation settings as they are, `config.json` as the export needs it. */
import { PolicyError } from '../errors/policy';
import { type ModelFiles, readJson } from '../formats/files';
import type { ExportSource } from './source';
import { type ExportSink, writeFile } from './sink';
import { json } from './safetensors';

/** Copied where they are there. */
const BESIDE = [
  ...['generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['added_tokens.json', 'vocab.json', 'merges.txt', 'tokenizer.model'],
  ...['chat_template.jinja', 'chat_template.json', 'additional_chat_templates/tool_use.jinja'],
];

/** Bytes of the files that are copied. */
export async function copiedBytes(files: ModelFiles): Promise<number> {
  let bytes = 0;
  for (const path of BESIDE) {
    if (!(await files.has(path))) continue;
    const file = await files.open(path);
    bytes += file.size;
    await file.close();
  }
  return bytes;
}

export async function copyModelFiles(files: ModelFiles, sink: ExportSink): Promise<void> {
  for (const path of BESIDE) {
    if (await files.has(path)) await writeFile(sink, path, await files.read(path));
  }
}

/**
 * `config.json` of a causal language model with these weights. Of a model that sees too only the text part is left, since
 * only that is written.
 * @param dtype as transformers calls it
 */
export async function hfConfig(
  { files, config }: ExportSource,
  dtype: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Uint8Array> {
  const found = await readJson(files, 'config.json');
  if (!isRecord(found)) {
    throw PolicyError.of('policy/no-object', { origin: files.origin, path: 'config.json' });
  }
  let all: Record<string, unknown> = { ...found };
  if (config.family === 'gemma3' && isRecord(found['text_config'])) {
    const { text_config: text, ...whole } = found;
    delete whole['vision_config'];
    const shared = ['eos_token_id', 'bos_token_id', 'pad_token_id', 'tie_word_embeddings'].filter(
      (key) => key in whole,
    );
    all = {
      ...(text as Record<string, unknown>),
      ...Object.fromEntries(shared.map((key) => [key, whole[key]])),
      ...{ architectures: ['Gemma3ForCausalLM'], model_type: 'gemma3_text' },
    };
  }
  // Versions of transformers before 5 know only the first name.
  delete all['dtype'];
  delete all['_name_or_path'];
  return json({ ...all, torch_dtype: dtype, tie_word_embeddings: config.tiedEmbeddings, ...more });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
