/** Stand-ins for tests of training: a toy task, its files and a run of it. Not part of the product. */
import { BigramPolicy, idOf, STOP, WORDS } from './bigram-policy';
import type { ParsedTurn, Turn } from '../../src/conversation/types';
import type { Episode, MetricsTable, Outcome, Step, Task } from '../../src/env/types';
import { schemaOf } from '../../src/env/settings';
import { parseSafetensors, toFloat32 } from '../../src/formats/safetensors';
import type { RunStore } from '../../src/run/stores/run-store';
import type { ChatFormat, ToolCallParser } from '../../src/chat/types';
import { type HostTensors } from '../../src/formats/tensors';
import type { Settings } from '../../src/settings/settings';
import { defaultTestSettings } from './settings';
import type { TrainerDeps } from '../../src/run/train/trainer';

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
