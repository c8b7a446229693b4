/** A policy that really learns in milliseconds, for tests of training. Not part of the product. */
import {
  type AdamWParams,
  type LossConfig,
  type LossResult,
  type LossRows,
  type OptimizerState,
  type SampledSequence,
  type SampleOptions,
  type SequenceRequest,
  type TokenScores,
  type TrainablePolicy,
} from '../../src/engine/types';
import { type HostTensors } from '../../src/formats/tensors';
import { TOKEN_SOURCE, type Forest, type TokenId } from '../../src/tokens/types';
import { Random } from '../../src/random/philox';
import { rowLoss } from '../../src/grpo/reference';

export const WORDS = [
  '<stop>',
  '<start>',
  'q0',
  'q1',
  'q2',
  'q3',
  '<first>',
  '<next>',
  '<tool>',
  'search',
  'good',
  'bad',
] as const;
export type Word = (typeof WORDS)[number];
export const idOf = (word: string): TokenId => WORDS.indexOf(word as Word);
const V = WORDS.length;
export const STOP = 0;

/** A bigram table plus a trained difference: the least thing that samples, learns and has an adapter. */
export class BigramPolicy implements TrainablePolicy {
  readonly config = { vocabSize: V } as TrainablePolicy['config'];
  readonly lora = { r: 1, alpha: 1, targets: ['q_proj'] } as const;
  readonly memory = { bytes: 1, peakBytes: 1 };
  readonly base = new Float32Array(V * V);
  /** Everything that was passed to {@link accumulate}, in order. */
  readonly accumulated: { forest: Forest; rows: LossRows }[] = [];
  #delta = new Float32Array(V * V);
  #reference: Float32Array | null = null;
  #m = new Float32Array(V * V);
  #v = new Float32Array(V * V);
  #gradient = new Float64Array(V * V);
  #updates = 0;

  constructor() {
    for (const word of ['good', 'bad', 'search', 'q0', 'q1']) this.base[idOf(word) * V + STOP] = 3;
  }

  get updates(): number {
    return this.#updates;
  }

  /** Log-softmax of the successors of a token. */
  distribution(previous: TokenId, temperature: number, adapter = true): Float32Array {
    return this.#successors(previous, temperature, adapter ? this.#delta : null);
  }

  #successors(previous: TokenId, temperature: number, delta: Float32Array | null): Float32Array {
    const logits = Array.from({ length: V }, (_, j) => {
      const at = previous * V + j;
      return ((this.base[at] as number) + (delta?.[at] ?? 0)) / temperature;
    });
    const most = Math.max(...logits);
    const norm = most + Math.log(logits.reduce((total, x) => total + Math.exp(x - most), 0));
    return Float32Array.from(logits, (x) => x - norm);
  }

  async sample(requests: readonly SequenceRequest[], options: SampleOptions): Promise<SampledSequence[]> {
    options.signal?.throwIfAborted();
    return Promise.all(
      requests.map(async ({ key, promptIds }, index) => {
        const random = new Random(options.params.seed, 'sample', key.step, key.group * 1000 + key.rollout);
        const ids = [...promptIds];
        const source = ids.map((): number => TOKEN_SOURCE.prompt);
        const logprobs = ids.map(() => 0);
        for (;;) {
          options.signal?.throwIfAborted();
          const turn: TokenId[] = [];
          let stopped: 'stop-token' | 'max-tokens' | 'context-full' | null = null;
          while (stopped === null) {
            const { temperature } = options.params;
            const logp = this.distribution(ids.at(-1) as number, temperature > 0 ? temperature : 1);
            const id = temperature > 0 ? draw(logp, random.uniform()) : logp.indexOf(Math.max(...logp));
            ids.push(id);
            turn.push(id);
            source.push(TOKEN_SOURCE.sampled);
            logprobs.push(logp[id] as number);
            if (options.stopIds.includes(id)) stopped = 'stop-token';
            else if (ids.length >= options.maxSeqLength) stopped = 'context-full';
            else if (turn.length >= options.maxTurnTokens) stopped = 'max-tokens';
          }
          const answer = options.onTurn(index, { ids: turn, stopped }, ids.length);
          const suffix = answer instanceof Promise ? await answer : answer;
          if (suffix === null) break;
          for (const id of suffix) {
            ids.push(id);
            source.push(TOKEN_SOURCE.tool);
            logprobs.push(0);
          }
        }
        return { ids, source: Uint8Array.from(source), logprobs: Float32Array.from(logprobs) };
      }),
    );
  }

  async score(
    forest: Forest,
    rows: LossRows,
    options: { adapter: boolean; temperature: number },
  ): Promise<Float32Array> {
    return Float32Array.from(rows.target, (target, row) => {
      const previous = forest.ids[rows.predictor[row] as number] as number;
      return this.distribution(previous, options.temperature, options.adapter)[target] as number;
    });
  }

  async scoreWithEntropy(
    forest: Forest,
    rows: LossRows,
    options: { adapter: boolean; temperature: number },
  ): Promise<TokenScores> {
    const entropy = Float32Array.from(rows.predictor, (node) => {
      const logp = this.distribution(forest.ids[node] as number, options.temperature, options.adapter);
      return -logp.reduce((total, x) => total + Math.exp(x) * x, 0);
    });
    return { logprobs: await this.score(forest, rows, options), entropy };
  }

  async logits(forest: Forest, nodes: readonly number[]): Promise<Float32Array> {
    const rows = nodes.map((node) => {
      const from = (forest.ids[node] as number) * V;
      return Array.from(
        { length: V },
        (_, j) => (this.base[from + j] as number) + (this.#delta[from + j] as number),
      );
    });
    return Float32Array.from(rows.flat());
  }

  async accumulate(forest: Forest, rows: LossRows, config: LossConfig): Promise<LossResult> {
    this.accumulated.push({ forest, rows });
    const { temperature } = config;
    const logprobs = await this.score(forest, rows, { adapter: true, temperature });
    const refLogprobs =
      config.beta > 0
        ? Float32Array.from(rows.target, (target, row) => {
            const previous = forest.ids[rows.predictor[row] as number] as number;
            return this.#successors(previous, temperature, this.#reference)[target] as number;
          })
        : new Float32Array(rows.count);
    const entropy = new Float32Array(rows.count);
    const { loss: clippedLoss, gradient } = rowLoss(rows, logprobs, refLogprobs, config);
    let loss = clippedLoss;
    for (let row = 0; row < rows.count; row++) {
      const previous = forest.ids[rows.predictor[row] as number] as number;
      const logp = this.distribution(previous, temperature);
      const undecided = -logp.reduce((total, x) => total + Math.exp(x) * x, 0);
      entropy[row] = undecided;
      const bonus = config.entropyCoef * (rows.weight[row] as number);
      loss -= bonus * undecided;
      logp.forEach((x, j) => {
        const at = previous * V + j;
        const slope = (Number(j === rows.target[row]) - Math.exp(x)) / temperature;
        // The derivative of the entropy by a logit is -p·(log p + entropy) / T.
        const entropySlope = (-Math.exp(x) * (x + undecided)) / temperature;
        this.#gradient[at] =
          (this.#gradient[at] as number) + (gradient[row] as number) * slope - bonus * entropySlope;
      });
    }
    return { loss, logprobs, refLogprobs, entropy };
  }

  async update(params: AdamWParams): Promise<{ gradNorm: number }> {
    const gradNorm = Math.hypot(...this.#gradient);
    const clip = Math.min(1, params.maxGradNorm / (gradNorm + 1e-12));
    this.#updates++;
    for (let i = 0; i < V * V; i++) {
      const g = (this.#gradient[i] as number) * clip;
      const m = (this.#m[i] = params.beta1 * (this.#m[i] as number) + (1 - params.beta1) * g);
      const v = (this.#v[i] = params.beta2 * (this.#v[i] as number) + (1 - params.beta2) * g * g);
      const mHat = m / (1 - params.beta1 ** this.#updates);
      const vHat = v / (1 - params.beta2 ** this.#updates);
      const old = this.#delta[i] as number;
      this.#delta[i] =
        old - params.learningRate * (mHat / (Math.sqrt(vHat) + params.eps) + params.weightDecay * old);
    }
    this.zeroGradient();
    return { gradNorm };
  }

  zeroGradient(): void {
    this.#gradient = new Float64Array(V * V);
  }

  async readGradients(): Promise<HostTensors> {
    return new Map([[NAME, { shape: [V, V], data: Float32Array.from(this.#gradient) }]]);
  }

  async readAdapter(): Promise<HostTensors> {
    return new Map([[NAME, { shape: [V, V], data: this.#delta.slice() }]]);
  }

  setReference(tensors: HostTensors | null): void {
    this.#reference = tensors === null ? null : (tensors.get(NAME)?.data as Float32Array).slice();
  }

  loadAdapter(tensors: HostTensors): void {
    this.#delta = (tensors.get(NAME)?.data as Float32Array).slice();
  }

  async readOptimizer(): Promise<OptimizerState> {
    return {
      step: this.#updates,
      parameters: this.#delta.slice(),
      m: this.#m.slice(),
      v: this.#v.slice(),
    };
  }

  loadOptimizer(state: OptimizerState): void {
    this.#updates = state.step;
    this.#delta = state.parameters.slice();
    this.#m = state.m.slice();
    this.#v = state.v.slice();
  }

  resetOptimizer(): void {
    this.#updates = 0;
    this.#m.fill(0);
    this.#v.fill(0);
  }

  dispose(): void {}
}

const NAME = 'base_model.model.bigram.lora_B.weight';

function draw(logp: Float32Array, uniform: number): TokenId {
  let mass = 0;
  for (let id = 0; id < logp.length; id++) {
    mass += Math.exp(logp[id] as number);
    if (uniform < mass) return id;
  }
  return logp.length - 1;
}
