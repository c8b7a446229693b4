/** What crosses the policy boundary: model description, token layouts, sampling and training of one policy. */
import type { HostTensors } from '../formats/tensors';
import type { Activation } from '../kernels/swiglu/swiglu';
import type { RowTerm } from '../kernels/vocabulary/row-loss';
import type { LoraTarget } from '../settings/choices';
import type { Forest, TokenId } from '../tokens/types';

export type ModelFamily = 'llama' | 'qwen2' | 'qwen3' | 'gemma3' | 'smollm3';

/** What gates the MLP: silu(gate)∘up, or gelu(gate)∘up by the tanh formula. */
export type { Activation } from '../kernels/swiglu/swiglu';

/** How fast the pairs of a head turn: θ^(−2i/headDim) per position, then scaled. */
export interface RotaryFrequencies {
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

/** How one layer attends. */
export interface LayerAttention {
  /** Positions that a token sees, its own included; null: all up to its own. */
  readonly window: number | null;
  /** Null: queries and keys are not rotated. */
  readonly rotary: RotaryFrequencies | null;
}

/** What families do differently; Llama's are `LLAMA_FEATURES` (`model/features.ts`). */
export interface ModelFeatures {
  /** Biases on q, k, v (Qwen2; Llama with `attention_bias`). */
  readonly qkvBias: boolean;
  /** RMSNorm on each q and k head (Qwen3, Gemma 3). */
  readonly qkNorm: boolean;
  /** Added to the weights of every RMSNorm, which a file then holds as distances from it (Gemma: 1). */
  readonly normOffset: number;
  /** RMSNorms on what attention and MLP give, before it is added to the residual stream (Gemma 3). */
  readonly branchNorms: boolean;
  readonly activation: Activation;
  /** Factor of the embedding on its way into the first layer; a tied head does not have it. */
  readonly embeddingScale: number;
  /** Factor of attention's scores; null: 1/√headDim. */
  readonly attentionScale: number | null;
  /** One entry per layer; null: every layer sees all and rotates by `ropeTheta` and `ropeScaling`. */
  readonly attention: readonly LayerAttention[] | null;
  /** Module that holds the layers in the class that transformers and PEFT build for the folder. */
  readonly modulePath: 'model' | 'model.language_model';
}

/** The part of a Hugging Face `config.json` that the engine needs, checked. */
export interface ModelConfig extends ModelFeatures {
  readonly family: ModelFamily;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly ropeTheta: number;
  /** Null for plain RoPE. */
  readonly ropeScaling: RopeScaling | null;
  readonly rmsNormEps: number;
  /** Output projection shares the embedding matrix. */
  readonly tiedEmbeddings: boolean;
  readonly maxPositions: number;
  readonly bosTokenId: TokenId | null;
  readonly eosTokenIds: readonly TokenId[];
}

export type RopeScaling = LinearRopeScaling | LlamaRopeScaling;

/** Every frequency divided by a factor (Gemma 3 from 4B on). */
export interface LinearRopeScaling {
  readonly factor: number;
}

/** Low frequencies divided, high ones kept, those between mixed (Llama 3.1 and later). */
export interface LlamaRopeScaling {
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  readonly originalMaxPositions: number;
}

/** PEFT's description of a LoRA adapter, as far as it decides the computation. */
export interface LoraConfig {
  readonly r: number;
  readonly alpha: number;
  readonly targets: readonly LoraTarget[];
  /** Rank-stabilised: scales are alpha/sqrt(r) instead of alpha/r. */
  readonly rslora?: boolean;
  /**
   * The adapted modules, where they are not simply all of `targets` in every layer with `r` and `alpha`; these three then
   * only say what most modules have.
   */
  readonly modules?: readonly LoraModuleConfig[];
}

/** One adapted module. */
export interface LoraModuleConfig {
  readonly layer: number;
  readonly target: LoraTarget;
  readonly r: number;
  readonly alpha: number;
}

export interface SamplingParams {
  /** > 0; 0 means greedy (log-probs are then those of temperature 1). */
  readonly temperature: number;
  /** Keep the k most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Nucleus mass in (0, 1]; 1 keeps all. */
  readonly topP: number;
  /** Keep tokens with p >= minP * max p; 0 keeps all. */
  readonly minP: number;
  readonly seed: number;
}

/** One sequence that the batched sampler works on. */
export interface SequenceRequest {
  /** Key of the random stream, with `SamplingParams.seed`: the same key gives the same tokens. */
  readonly key: { readonly step: number; readonly group: number; readonly rollout: number };
  readonly promptIds: readonly TokenId[];
}

export interface SampledTurn {
  /** Ids of this turn, stop token included when there was one. */
  readonly ids: readonly TokenId[];
  readonly stopped: 'stop-token' | 'max-tokens' | 'context-full';
}

/** The finished token record of a sequence. All arrays have the same length. */
export interface SampledSequence {
  readonly ids: readonly TokenId[];
  /** {@link TOKEN_SOURCE} per token. */
  readonly source: Uint8Array;
  /** log p(token | prefix) at the sampling temperature, before top-k/p truncation; 0 where not sampled. Nats. */
  readonly logprobs: Float32Array;
}

export interface SampleOptions {
  readonly params: SamplingParams;
  readonly stopIds: readonly TokenId[];
  /** Most tokens of one turn, stop token included. */
  readonly maxTurnTokens: number;
  /** Most tokens of a sequence, prompt included. */
  readonly maxSeqLength: number;
  /** Sequences in flight at once; the rest waits. */
  readonly maxBatch?: number;
  /** Token steps between two looks of the host, at most 16; chosen by the length of turns when not given. Changes no result. */
  readonly stepsPerRead?: number;
  /**
   * Called when a sequence ends a turn. Answers the ids to append before the next turn (tool results and the
   * header of the next assistant turn, exactly as the chat template continues), or null to finish the sequence. A
   * promise parks the sequence until its answer is there; the others go on meanwhile, and no result depends on when
   * it comes.
   */
  readonly onTurn: (
    sequence: number,
    turn: SampledTurn,
    length: number,
  ) => readonly TokenId[] | null | Promise<readonly TokenId[] | null>;
  /** Called with tokens as they are sampled, for streaming displays. */
  readonly onTokens?: (sequence: number, ids: readonly TokenId[]) => void;
  readonly signal?: AbortSignal;
}

/**
 * Terms of the loss. Row r scores token `target[r]` from the hidden state of node `predictor[r]`.
 * Trajectories that share a node and its old log-prob share a row: pos, neg and weight are their sums
 * (architecture, "The prefix forest").
 */
export interface LossRows {
  readonly count: number;
  readonly predictor: Int32Array;
  readonly target: Int32Array;
  /** Log-prob under the policy that sampled, nats; NaN means "the current policy" (ratio 1, gradient kept). */
  readonly old: Float32Array;
  readonly pos: Float32Array;
  readonly neg: Float32Array;
  readonly weight: Float32Array;
}

export type { RowTerm, TermValue } from '../kernels/vocabulary/row-loss';

export interface LossConfig {
  /** The objective's part of a row's loss. */
  readonly term: RowTerm;
  /** Weight of the k3 KL term against the adapter-off policy; 0 skips the reference forward. */
  readonly beta: number;
  readonly temperature: number;
  /** Weight of an entropy bonus (subtracted from the loss, per unit of row weight); 0 for none. */
  readonly entropyCoef: number;
}

/** Per-row numbers of a forward pass, nats. */
export interface TokenScores {
  readonly logprobs: Float32Array;
  readonly entropy: Float32Array;
}

/** Per-row numbers of one forward (and backward) pass, for metrics. All nats. */
export interface LossResult {
  /** Sum over rows of the loss terms (weights included). */
  readonly loss: number;
  readonly logprobs: Float32Array;
  /** Reference log-probs; zeros when beta = 0 and they were not asked for. */
  readonly refLogprobs: Float32Array;
  readonly entropy: Float32Array;
}

export interface AdamWParams {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Global norm above which the gradient is scaled down; Infinity for none. */
  readonly maxGradNorm: number;
}

/** Adam's state with the trained parameters, as flat host arrays of equal length. */
export interface OptimizerState {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** A policy that can sample and be trained. Not re-entrant: one call at a time. */
export interface TrainablePolicy {
  readonly config: ModelConfig;
  readonly lora: LoraConfig | null;
  /** Samples one sequence for each request, turn by turn. */
  sample(requests: readonly SequenceRequest[], options: SampleOptions): Promise<SampledSequence[]>;
  /** Log-probs of every row without gradient. */
  score(
    forest: Forest,
    rows: LossRows,
    options: { adapter: boolean; temperature: number },
  ): Promise<Float32Array>;
  /** The same, and the entropy of the distribution that each row's token was drawn from. */
  scoreWithEntropy(
    forest: Forest,
    rows: LossRows,
    options: { adapter: boolean; temperature: number },
  ): Promise<TokenScores>;
  /** Logits after the given nodes, without gradient and at no temperature: one row of the vocabulary's size for each. */
  logits(forest: Forest, nodes: readonly number[]): Promise<Float32Array>;
  /** Forward and backward; adds to the gradient buffer. */
  accumulate(forest: Forest, rows: LossRows, loss: LossConfig): Promise<LossResult>;
  /** One AdamW step with the accumulated gradient, which is then zeroed. Answers the norm before clipping. */
  update(params: AdamWParams): Promise<{ gradNorm: number }>;
  /** Discards the accumulated gradient. */
  zeroGradient(): void;
  /** Accumulated gradient by PEFT tensor name. */
  readGradients(): Promise<HostTensors>;
  /** Adapter tensors by PEFT name (`base_model.model.….lora_A.weight`). */
  readAdapter(): Promise<HostTensors>;
  /** Puts an adapter in place; names and shapes are those of `readAdapter`. */
  loadAdapter(tensors: HostTensors): void;
  /** Adapter that KL refers to from now on, by PEFT name; null: the bare model, as at the start. */
  setReference(tensors: HostTensors | null): void;
  /** The optimiser's state with the parameters that it belongs to. */
  readOptimizer(): Promise<OptimizerState>;
  /** Puts optimiser state and parameters in place. */
  loadOptimizer(state: OptimizerState): void;
  /** Moments and count of updates begin anew; parameters stay. For what comes next under another loss. */
  resetOptimizer(): void;
  /** Bytes of GPU buffers held now and at most so far. */
  readonly memory: { readonly bytes: number; readonly peakBytes: number };
  /** Frees the GPU memory of this policy. */
  dispose(): void;
}
