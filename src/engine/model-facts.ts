/** What can be told of a model before its weights are read, and whether it can be used at all. */
import { createChatFormat, templateOptions } from '../chat/chat-format';
import { createTokenizer } from '../chat/tokenizer';
import type { ModelFiles } from '../formats/files';
import { elementsOf, type StoredRows } from '../formats/tensor-store';
import { WEIGHT_FORMATS, type WeightFormat } from '../settings/choices';
import type { TemplateSettings } from '../settings/template';
import { loadModelConfig } from './model/config';
import { findTensors } from './weights/find';
import { formsOf, weightBytes } from './weights/storage';
import { openWeights } from './weights/weight-files';

export interface ModelFacts {
  /** `model_type` as the engine calls it: llama, qwen3, gemma3. */
  readonly family: string;
  readonly parameters: number;
  readonly layers: number;
  /** Tokens of the longest context. */
  readonly maxPositions: number;
  readonly vocabSize: number;
  /** Number formats of the weights as the files call them, that of the most numbers first. */
  readonly storedAs: readonly string[];
  /** Bytes that the weights take on the GPU, in every form that the setting `baseWeights` may ask for. */
  readonly forms: readonly { readonly form: WeightFormat; readonly bytes: number }[];
  /** The form that `auto` tries first; smaller ones follow where a run does not fit. */
  readonly preferred: WeightFormat;
  /** What is said of the chat template. */
  readonly notices: readonly string[];
}

/**
 * Reads headers, tokenizer and template, and of the weights one row for each number format.
 * @throws PolicyError for a model of another family, damaged or missing files, number formats that are not read, or a
 *   template that does not serve
 */
export async function modelFacts(files: ModelFiles, template: TemplateSettings): Promise<ModelFacts> {
  const config = await loadModelConfig(files);
  const store = await openWeights(files);
  try {
    const tensors = [...(await findTensors(store, config)).values()];
    await refuseUnreadable(tensors);
    const tokenizer = await createTokenizer(files);
    const { eosTokenIds, family, layers, maxPositions, vocabSize } = config;
    const chat = await createChatFormat(files, { tokenizer, eosTokenIds, ...templateOptions(template) });
    return {
      family,
      parameters: tensors.reduce((sum, { shape }) => sum + elementsOf(shape), 0),
      layers,
      maxPositions,
      vocabSize,
      storedAs: storedForms(tensors),
      forms: WEIGHT_FORMATS.map((form) => ({ form, bytes: weightBytes(config, form) })),
      preferred: formsOf(config)[0] ?? 'f16',
      notices: chat.notices,
    };
  } finally {
    await store.close();
  }
}

/** What cannot be read says so where a row of it is asked for. */
async function refuseUnreadable(tensors: readonly StoredRows[]): Promise<void> {
  const ofFormat = new Map(tensors.map((tensor) => [tensor.format, tensor]));
  for (const tensor of ofFormat.values()) await tensor.read(0, 1);
}

function storedForms(tensors: readonly StoredRows[]): string[] {
  const numbers = new Map<string, number>();
  for (const { format, shape } of tensors) {
    numbers.set(format, (numbers.get(format) ?? 0) + elementsOf(shape));
  }
  return [...numbers].sort(([, a], [, b]) => b - a).map(([format]) => format);
}
