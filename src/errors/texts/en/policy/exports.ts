/** Texts about writing a model for other programs. */
import type { From } from './files';

const LAYER_FAULTS = {
  'sees-everything': 'sees everything',
  'has-window': 'has a window',
  'has-other-frequencies': 'has other rotary frequencies than 10000 with its window',
  'does-not-rotate': 'does not rotate',
  'does-rotate': 'does rotate',
};

/** What llama.cpp does not have for a family. */
export type LlamaCppForm =
  { readonly layer: number; readonly fault: keyof typeof LAYER_FAULTS } | { readonly scale: number | null };

/** Why llama.cpp has no tokenizer like a model's. */
export type LlamaCppTokenizer =
  | 'no-vocabulary'
  | 'no-merges'
  | { readonly type: string }
  | { readonly merge: string }
  /** The pre-tokenizer, as JSON. */
  | { readonly cut: string };

export function tokenizerWords(fault: LlamaCppTokenizer): string {
  if (fault === 'no-vocabulary') return 'its tokenizer.json has no vocab';
  if (fault === 'no-merges') return 'its tokenizer.json has no merges';
  if ('type' in fault) return `its tokenizer.json is of the type ${fault.type}, not "BPE"`;
  if ('merge' in fault) return `its tokenizer.json has the merge ${fault.merge}`;
  return `llama.cpp has no way of cutting text like the one in its tokenizer.json (${fault.cut})`;
}

export const exports = {
  'policy/export-no-adapter': ({ format }: { format: string }) =>
    `The format ${format} is an adapter's, and none was given. Give an adapter, or choose another format.`,
  'policy/export-type': ({
    format,
    type,
    known,
  }: {
    format: string;
    type: string;
    known: readonly string[];
  }) => `The format ${format} has no type ${type}; it has ${known.join(', ')}. Choose one of them.`,
  'policy/export-part': ({ bytes }: { bytes: number }) =>
    `A part of at most ${bytes} bytes holds nothing. Choose a larger size.`,
  'policy/export-tensor': ({ name, written, wanted }: { name: string; written: number; wanted: number }) =>
    `Tensor ${name} gave ${written} bytes where ${wanted} were to be written. Read the model again.`,
  'policy/gguf-form': ({ origin, form, family }: From & { form: LlamaCppForm; family: string }) =>
    `${origin} cannot be written as GGUF: ${'layer' in form ? `layer ${form.layer} ${LAYER_FAULTS[form.fault]}` : `scores are scaled by ${form.scale}`}, ` +
    `which llama.cpp does not have for ${family}. Export safetensors or ONNX instead.`,
  'policy/gguf-tokenizer': ({ origin, fault }: From & { fault: LlamaCppTokenizer }) =>
    `${origin} cannot be written as GGUF with its tokenizer: ${tokenizerWords(fault)}. Export safetensors or ONNX instead, or ` +
    'ask for GGUF with any tokenizer (--any-tokenizer), for programs that give the model token ids.',
};
