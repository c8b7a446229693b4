/** Models of the hub that are known to train here, for those who choose one. Pure data, as their pages on the hub have it. */
export interface KnownModel {
  /** Owner and name on the hub. */
  readonly id: string;
  /** Of the model, embedding and head once. */
  readonly parameters: number;
  /** Of its weights' file. */
  readonly bytes: number;
  /** Tokens. */
  readonly context: number;
  readonly licence: string;
  /** Its licence must be accepted on the hub, and a token given here. */
  readonly gated?: true;
}

export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    ...{ id: 'HuggingFaceTB/SmolLM2-135M-Instruct', licence: 'Apache 2.0' },
    ...{ parameters: 134_515_008, bytes: 269_060_552, context: 8192 },
  },
  {
    ...{ id: 'google/gemma-3-270m-it', licence: 'Gemma', gated: true },
    ...{ parameters: 268_098_176, bytes: 536_223_056, context: 32_768 },
  },
  {
    ...{ id: 'HuggingFaceTB/SmolLM2-360M-Instruct', licence: 'Apache 2.0' },
    ...{ parameters: 361_821_120, bytes: 723_674_912, context: 8192 },
  },
  {
    ...{ id: 'Qwen/Qwen2.5-0.5B-Instruct', licence: 'Apache 2.0' },
    ...{ parameters: 494_032_768, bytes: 988_097_824, context: 32_768 },
  },
  {
    ...{ id: 'Qwen/Qwen3-0.6B', licence: 'Apache 2.0' },
    ...{ parameters: 596_049_920, bytes: 1_503_300_328, context: 40_960 },
  },
  {
    ...{ id: 'meta-llama/Llama-3.2-1B-Instruct', licence: 'Llama 3.2', gated: true },
    ...{ parameters: 1_235_814_400, bytes: 2_471_645_608, context: 131_072 },
  },
];

/** Bytes on the GPU at the least, with weights of four bits and a scale for every 32; the plan says what a run needs. */
export const leastWeightBytes = ({ parameters }: Pick<KnownModel, 'parameters'>): number =>
  Math.ceil(parameters * (0.5 + 4 / 32));

/** The setting `model` for what a visitor has typed: an address, or a model of the hub by owner and name; null for neither. */
export function modelNamed(text: string): string | null {
  const name = text.trim();
  if (/^https?:\/\/\S+$/.test(name)) return name;
  const id = /^(?:hub:)?([\w.-]+\/[\w.-]+(?:@[\w./-]+)?)$/.exec(name)?.[1];
  return id === undefined ? null : `hub:${id}`;
}
