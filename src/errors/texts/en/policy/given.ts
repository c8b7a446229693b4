import type { Foreign } from '../../types';
import { firstOf } from '../words';

/** A model that a visitor gives the page as files. */
export const given = {
  'policy/file-gone': ({ model }: { model: string }) =>
    `The model ${model} was given to this page as a file, and a page forgets such files when it is loaded again. ` +
    'Choose the file again beside “Model”, then go on.',
  'policy/file-changed': ({ origin, path, reason }: { origin: string; path: string; reason: Foreign }) =>
    `${origin}: ${path} cannot be read any more (${reason}). It was moved, changed or deleted since it was chosen. ` +
    'Choose it again.',
  'policy/no-model-given': ({ found }: { found: readonly string[] }) =>
    `Among ${firstOf(found, 8) || 'no files'} there is no ` +
    'model. Give one GGUF file, or the folder of a Hugging Face model: config.json, tokenizer.json, ' +
    'tokenizer_config.json and safetensors files.',
  'policy/several-given': ({ found }: { found: readonly string[] }) =>
    `Several models were given: ${firstOf(found, 8)}. Give one of them.`,
};
