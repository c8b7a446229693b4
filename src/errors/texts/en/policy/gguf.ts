import type { Shown } from '../../picture';
import { shown } from '../words';
import type { From } from './files';

/** What is wrong inside a GGUF file. */
export type GgufFault =
  | { readonly keyTwice: Shown }
  | { readonly alignment: Shown }
  | { readonly promised: number; readonly of: 'tensors' | 'keys' | 'bytes of text' | 'entries of a list' }
  | { readonly valueType: number }
  | { readonly tensor: Shown; readonly dimensions: number }
  /** Above what is exact in a float64. */
  | { readonly number: string }
  | { readonly name: string; readonly width: number; readonly block: number };

function faultWords(fault: GgufFault): string {
  if ('keyTwice' in fault) return `it has the key ${shown(fault.keyTwice)} twice`;
  if ('alignment' in fault) return `general.alignment is ${shown(fault.alignment)}`;
  if ('promised' in fault) return `it promises ${fault.promised} ${fault.of}`;
  if ('valueType' in fault) return `it has a value of type ${fault.valueType}`;
  if ('dimensions' in fault) return `tensor ${shown(fault.tensor)} has ${fault.dimensions} dimensions`;
  if ('number' in fault) return `it has the number ${fault.number}`;
  return `a row of tensor "${fault.name}" has ${fault.width} numbers, its blocks have ${fault.block}`;
}

const VALUES = {
  number: 'number',
  text: 'text',
  boolean: 'true or false',
  texts: 'a list of texts',
  numbers: 'a list of numbers',
};

export const gguf = {
  'policy/gguf-type': ({
    origin,
    name,
    type,
    known,
  }: From & { name: string; type: string; known: readonly string[] }) =>
    `${origin}: tensor "${name}" is stored as ${type}; read are ${known.join(', ')}. Use another quantisation of the model.`,
  'policy/no-gguf': ({ origin }: From) =>
    `${origin}: not a GGUF file: it does not begin with "GGUF". Check that the address leads to the file itself (not to a ` +
    'web page or a Git LFS pointer).',
  'policy/gguf-version': ({ origin, version }: From & { version: number }) =>
    `${origin}: GGUF version ${version}, or numbers with the highest byte first; versions 2 and 3 with the lowest first are ` +
    'read. Convert the file with a current llama.cpp.',
  'policy/gguf-damaged': ({ origin, fault }: From & { fault: GgufFault }) =>
    `${origin}: damaged GGUF file: ${faultWords(fault)}. Download it again.`,
  'policy/gguf-header-cut': ({ origin, start, fileBytes }: From & { start: number; fileBytes: number }) =>
    `${origin}: truncated: its header goes on after byte ${start}, the file has ${fileBytes} bytes. Download it again.`,
  'policy/gguf-data-cut': ({
    origin,
    name,
    end,
    fileBytes,
  }: From & { name: string; end: number; fileBytes: number }) =>
    `${origin}: truncated: tensor "${name}" ends at byte ${end}, the file has ${fileBytes}. Download it again.`,
  'policy/gguf-architecture': ({ origin, name, known }: From & { name: string; known: readonly string[] }) =>
    `${origin}: the GGUF file's architecture is "${name}"; supported are ${known.join(', ')}. Choose a model of one of these ` +
    'families.',
  'policy/gguf-unsupported': ({
    origin,
    found,
  }: From & { found: 'experts' | { key: string; value: number; part: 'heads' | 'keys'; width: number } }) =>
    `${origin}: ${found === 'experts' ? 'the model is a mixture of experts' : `${found.key} is ${found.value}, its ${found.part} have ${found.width} numbers`}, ` +
    'which is not supported. Choose another model.',
  'policy/gguf-rope-factors': ({ origin, tensor }: From & { tensor: string }) =>
    `${origin}: ${tensor} holds factors of rotary frequencies that are not Llama 3's, which is not supported. Choose another ` +
    'model.',
  'policy/gguf-no-value': ({ origin, key }: From & { key: string }) =>
    `${origin}: the GGUF file has no ${key}. Convert the model again with a current llama.cpp.`,
  'policy/gguf-value': ({ origin, key, needs }: From & { key: string; needs: keyof typeof VALUES }) =>
    `${origin}: the GGUF file needs ${VALUES[needs]} as ${key}. Convert the model again with a current llama.cpp.`,
  'policy/gguf-split': ({ origin, name, known }: From & { name: string | null; known: readonly string[] }) =>
    `${origin}: the GGUF file says of its tokenizer's cut of words (tokenizer.ggml.pre) ${name === null ? 'nothing' : `"${name}"`}; ` +
    `known are ${known.join(', ')}. Convert the model again with a current llama.cpp, or use its Hugging Face folder.`,
  'policy/gguf-tokenizer-kind': ({ origin, kind }: From & { kind: string | null }) =>
    `${origin}: the GGUF file's tokenizer is of the kind ${JSON.stringify(kind)}; supported are "gpt2" (bytes) and "llama" ` +
    "(SentencePiece). Use the model's Hugging Face folder.",
};
