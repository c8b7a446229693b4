/** Stand-ins for tests of training: a policy that really learns in milliseconds, and a toy task. Not part of the product. */
import type { ParsedTurn, Turn } from '../../src/conversation/types';
import type { Episode, MetricsTable, Outcome, Step, Task } from '../../src/env/types';
import { schemaOf } from '../../src/env/settings';
import { parseSafetensors, toFloat32 } from '../../src/formats/safetensors';
import type { RunStore } from '../../src/run/stores/run-store';
import type { ChatFormat, ToolCallParser } from '../../src/chat/types';
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
import type { Settings } from '../../src/settings/settings';
import { defaultTestSettings } from './settings';
import { rowLoss } from '../../src/grpo/reference';
import type { TrainerDeps } from '../../src/run/train/trainer';

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
const STOP = 0;

/** Words are tokens. The header of a first turn is `<first>`, of later ones `<next>`. */
export const toyChat: ChatFormat = {
  stopIds: [STOP],
  prompt: (messages) => [idOf('<start>'), ...toyChat.encode(messages[0]?.content ?? ''), idOf('<first>')],
  continuation: (messages, stopped) => [
    ...(stopped ? [] : [STOP]),
    ...messages.map(() => idOf('<tool>')),
    idOf('<next>'),
  ],
  assistantText: ({ content, tool_calls }) => tool_calls?.[0]?.function.name ?? content,
  encode: (text) => text.split(' ').map(idOf),
  decode: (ids) => ids.map((id) => WORDS[id]).join(' '),
  turnText: (ids) => toyChat.decode(ids),
  tokenText: (id) => WORDS[id] as string,
};

/** `good` answers rightly, `bad` wrongly, `search` goes on; any other word is no call. */
export const toyParse: ToolCallParser = (text) => {
  const name = text.split(' ').find((word) => word === 'good' || word === 'bad' || word === 'search');
  return name === undefined ? [] : [{ name, arguments: {} }];
};

export const TOY_METRICS: MetricsTable = {
  found: {
    label: 'found',
    unit: 'share',
    description: 'Searched.',
    inSteps: 'foundRate',
    inEvaluations: true,
  },
  tried: { label: 'turns', unit: 'count', description: 'Turns that were judged.' },
};

/** `format` is what first turns alone earn. */
export const TOY_WEIGHTS = { right: 1, found: 0.25, unparsable: -0.5, format: 1 };

/** A turn that says `good` answers rightly, `bad` wrongly, `search` goes on; anything else cannot be parsed. */
export class ToyEpisode implements Episode {
  readonly messages: Episode['messages'];
  readonly tools = [];
  readonly #turns: Turn[] = [];
  #end: { readonly stopCondition: string; readonly answer: string | null } | null = null;

  constructor(task: Task) {
    this.messages = task.prompt;
  }

  step(turn: ParsedTurn, budget: number): Step {
    if (this.#end !== null) throw new Error('The toy episode has ended.');
    const [call] = turn.calls;
    const results =
      call?.name === 'search'
        ? [{ callId: call.id, name: call.name, content: String(budget), isError: false, truncated: false }]
        : [];
    this.#turns.push({ ...turn, results });
    if (call === undefined) this.#end = { stopCondition: 'unparsable', answer: null };
    else if (call.name !== 'search') this.#end = { stopCondition: 'answered', answer: call.name };
    return { results, done: this.#end !== null };
  }

  truncate(stopCondition: string): void {
    if (this.#end !== null) throw new Error('The toy episode has ended.');
    this.#end = { stopCondition, answer: null };
  }

  outcome(): Outcome {
    if (this.#end === null) throw new Error('The toy episode is still running.');
    const { stopCondition, answer } = this.#end;
    const success = answer === 'good';
    const found = Number(this.#turns.some(({ calls }) => calls[0]?.name === 'search'));
    return {
      turns: [...this.#turns],
      stopCondition,
      success,
      answer,
      metrics: { found, tried: this.#turns.length },
      rewards: { right: Number(success), found, unparsable: Number(stopCondition === 'unparsable') },
    };
  }
}

/** The first turn of a toy episode alone: 1 for a search of question q0, 0.7 for one of another, else 0. */
export class ToyFirstTurn implements Episode {
  readonly messages: Episode['messages'];
  readonly tools = [];
  readonly #turns: Turn[] = [];

  constructor(task: Task) {
    this.messages = task.prompt;
  }

  step(turn: ParsedTurn): Step {
    this.#turns.push({ ...turn, results: [] });
    return { results: [], done: true };
  }

  truncate(): void {
    // An untouched episode has nothing to end.
  }

  outcome(): Outcome {
    const searches = this.#turns[0]?.text.includes('search') === true;
    const format = !searches ? 0 : this.messages[0]?.content === 'q0' ? 1 : 0.7;
    return {
      turns: [...this.#turns],
      stopCondition: searches ? 'out-of-turns' : 'unparsable',
      success: null,
      answer: null,
      metrics: { found: 0, tried: 1 },
      rewards: { format },
    };
  }
}

/** An episode with something else as its outcome. */
export function withOutcome(episode: Episode, change: (outcome: Outcome) => Outcome): Episode {
  return {
    messages: episode.messages,
    tools: episode.tools,
    step: (turn, budget) => episode.step(turn, budget),
    truncate: (reason) => episode.truncate(reason),
    outcome: async () => change(await episode.outcome()),
  };
}

export const toyTask = (id: string, prompt: string, level = 1): Task => ({
  id,
  prompt: [{ role: 'user', content: prompt }],
  answer: 'good',
  level,
  info: {},
});

export const toyTasks = (count: number, prefix: string): Task[] =>
  Array.from({ length: count }, (_, i) => toyTask(`${prefix}${i}`, `q${i % 4}`));

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

/** Files in memory. `failAt` makes the write of that number (from 1) and all later ones fail, as after a crash. */
export class MemoryStore implements RunStore {
  readonly files = new Map<string, Uint8Array>();
  failAt = Infinity;
  writes = 0;
  /** The call that failed first, as `remove PATH`; '' while none has. */
  failedAt = '';

  async list(prefix = ''): Promise<string[]> {
    return [...this.files.keys()].filter((path) => path.startsWith(prefix)).sort();
  }

  async read(path: string): Promise<Uint8Array | null> {
    return this.files.get(path)?.slice() ?? null;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#count(path);
    this.files.set(path, bytes.slice());
  }

  async create(path: string, bytes: Uint8Array): Promise<boolean> {
    if (this.files.has(path)) return false;
    await this.write(path, bytes);
    return true;
  }

  async append(path: string, text: string): Promise<void> {
    this.#count(path);
    this.files.set(path, new TextEncoder().encode(this.text(path) + text));
  }

  async remove(path: string): Promise<void> {
    this.#count(path, 'remove');
    for (const file of this.files.keys()) {
      if (file === path || file.startsWith(`${path}/`)) this.files.delete(file);
    }
  }

  /** '' when absent. */
  text(path: string): string {
    return new TextDecoder().decode(this.files.get(path) ?? new Uint8Array());
  }

  json(path: string): unknown {
    return JSON.parse(this.text(path));
  }

  #count(path: string, call = 'write'): void {
    if (++this.writes < this.failAt) return;
    this.failedAt ||= `${call} ${path}`;
    throw new Error(`The store was told to fail at ${path}.`);
  }
}

export interface ToyRun {
  readonly policy: BigramPolicy;
  readonly store: MemoryStore;
  readonly settings: Settings;
  readonly deps: TrainerDeps;
}

/** Everything for a run of a few steps on the toy task. */
export function toyRun(changes: Partial<Settings> = {}, store = new MemoryStore()): ToyRun {
  const settings = defaultTestSettings(changes);
  const policy = new BigramPolicy();
  let milliseconds = Date.UTC(2025, 0, 2, 3, 4, 5);
  return {
    policy,
    store,
    settings,
    deps: {
      policy,
      chat: toyChat,
      parse: toyParse,
      start: (task) => new ToyEpisode(task),
      warmStart: {
        form: 'hermes',
        readText: (path) => Promise.reject(new Error(`no file ${path}`)),
      },
      readAdapter: (files) => parseAdapter(files),
      startTraining: (task) => (settings.mode === 'simple' ? new ToyFirstTurn(task) : new ToyEpisode(task)),
      rewardWeights: TOY_WEIGHTS,
      metrics: TOY_METRICS,
      environment: 'toy',
      schema: schemaOf(settings.environment),
      store,
      tasks: { train: toyTasks(10, 't'), validation: toyTasks(12, 'v') },
      now: () => (milliseconds += 250),
    },
  };
}

/** What {@link adapterFolder} wrote of a bigram policy's adapter. */
function parseAdapter(files: ReadonlyMap<string, Uint8Array>): HostTensors {
  const origin = 'adapter_model.safetensors';
  const { tensors } = parseSafetensors(files.get(origin) ?? new Uint8Array(), origin);
  return new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: toFloat32(tensor, name, origin) },
    ]),
  );
}
