/** Texts about where models are looked for. */
import type { Foreign } from '../../types';
import type { From } from './files';

export const places = {
  'policy/no-such-file': ({
    origin,
    path,
    present,
  }: From & { path: string; present: readonly string[] | null }) =>
    `${origin}: there is no ${path}.${present === null ? '' : ` It holds ${present.join(', ') || 'nothing'}.`} A model needs ` +
    'config.json, tokenizer.json, tokenizer_config.json and model.safetensors.',
  'policy/no-path': ({ origin, path }: From & { path: string }) => `${origin}: ${path} is no path of a file.`,
  'policy/file-not-read': ({ origin, path, reason }: From & { path: string; reason: Foreign }) =>
    `${origin}: ${path} cannot be read (${reason}). Check the file and its permissions.`,
  'policy/no-hub-name': ({ name }: { name: string }) =>
    `"hub:${name}" names no model on the hub. Write hub:<owner>/<name>, with @<revision> behind it for another than main, and ` +
    '/<folder> or /<file>.gguf for a place inside.',
  'policy/hub-endpoint': ({ endpoint, usual }: { endpoint: string; usual: string }) =>
    `The endpoint of the hub is "${endpoint}". Give an address such as ${usual}, or leave it out.`,
  'policy/no-model': ({ model, place }: { model: string; place: string }) =>
    `No model "${model}": neither ${place} nor ${model} holds a config.json or a GGUF file. Give a folder with a Hugging Face ` +
    'model, a GGUF file, an address, or hub:<owner>/<name>.',
  'policy/several-models': ({ folder, files }: { folder: string; files: readonly string[] }) =>
    `${folder}: there are several GGUF files (${files.join(', ')}). Give the path of one.`,
  'policy/no-model-name': ({ model }: { model: string }) =>
    `No model is called "${model}". Give the name of a bundled model, an address beginning with https://, or ` +
    'hub:<owner>/<name>.',
  'policy/no-address': ({ address }: { address: string }) =>
    `"${address}" is no absolute address. Give one that begins with https:// or http://.`,
};
