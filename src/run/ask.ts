/**
 * One task to one policy, done as in an evaluation: the same episode, limits and tokens, but by transformers.js's
 * `generate()`, turn by turn, and told while it goes on.
 */
import { taskText } from '../conversation/text';
import type { Engine } from '../engine/engine';
import type { GpuPolicy } from '../engine/gpu-policy';
import type { FileMap } from '../formats/files';
import { generateSampling } from '../engine/transformers/generate-sampling';
import { createTransformersModel } from '../engine/transformers/transformers-model';
import { SPLITS, type OpenedEnvironment, type Split, type Task } from '../env/types';
import { evaluationRollout } from '../grpo/evaluate';
import { faultWarnings } from '../grpo/faults';
import { rollOut, type RolloutDeps } from '../grpo/rollout';
import { type Trajectory } from '../grpo/types';
import { conversationView } from '../grpo/view';
import { TrainingError } from '../errors/training';
import type { Settings } from '../settings/settings';
import { openRun } from './open-run';
import type { Session } from './session';
import { MemoryStore } from './stores/memory-store';
import type { AskAnswer, AskedTask, AskEvent, AskMenu, AskRequest } from './types';

/** What a conversation needs beside its task. */
export interface AskDeps extends Omit<RolloutDeps, 'policy'> {
  readonly policy: GpuPolicy;
  readonly engine: Pick<Engine, 'configJson'>;
  readonly environment: Pick<OpenedEnvironment, 'explain'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Settings that shape one conversation, and neither the tasks nor the model. */
export const OF_A_QUESTION = ['topK', 'topP', 'minP', 'maxSeqLength'] as const;

/**
 * Settings of a question that is asked between two steps of a run: the run's, so that its model and tasks stay as they
 * are, with what a question may have of its own.
 */
export function settingsBetween(
  running: Settings,
  asked: Partial<Pick<Settings, (typeof OF_A_QUESTION)[number]>>,
): Settings {
  const own = OF_A_QUESTION.flatMap((key) => (asked[key] === undefined ? [] : [[key, asked[key]] as const]));
  return Object.assign({ ...running }, Object.fromEntries(own));
}

/** What a caller in the same thread may ask: also a task, ready made. */
export interface DirectRequest extends Omit<AskRequest, 'task'> {
  readonly task: AskedTask | { readonly kind: 'task'; readonly task: Task };
}

export interface AskOptions {
  /** 0: always the most likely token. */
  readonly temperature: number;
  /** Number of the try; above temperature 0 each draws another conversation. */
  readonly draw: number;
  /** Whether the task has a known answer to compare with. */
  readonly isScored: boolean;
  readonly onEvent: (event: AskEvent) => void;
  readonly signal?: AbortSignal;
}

export type AskSettings = Pick<
  Settings,
  'seed' | 'maxTurns' | 'maxTokens' | 'maxSeqLength' | 'topK' | 'topP' | 'minP'
>;

/**
 * Asks with what the session holds; model and tasks are loaded only where it does not have them yet.
 * @param adapter files of a PEFT folder; null for the bare model
 * @throws EnvironmentError, PolicyError, TrainingError, GpuError; SamplingStopped after the signal
 */
export async function ask(
  session: Session,
  wanted: Settings,
  request: DirectRequest,
  adapter: FileMap | null,
  onEvent: (event: AskEvent) => void,
  signal?: AbortSignal,
): Promise<AskAnswer> {
  checkRequest(request);
  const run = await openRun(
    session,
    wanted,
    new MemoryStore(),
    (event) => {
      if (event.kind === 'progress') {
        const { done, total, note } = event;
        onEvent({ kind: 'loading', done, total, note });
      } else if (event.kind === 'warning') onEvent({ kind: 'warning', message: event.message });
    },
    // Its single sequence goes through generate(), whose few programs are soon there.
    {
      ready: 'nothing',
      ...(adapter === null ? {} : { adapter }),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  try {
    const { deps, policy, engine, environment, settings } = run;
    const task = await taskOf(environment, request, settings);
    policy.adapterEnabled = adapter !== null;
    return await askPolicy({ ...deps, policy, engine, environment }, settings, task, {
      temperature: request.temperature,
      draw: request.draw,
      isScored: request.task.kind !== 'own',
      onEvent,
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    run.dispose();
  }
}

/** The conversation itself, with whatever adapter the policy has in place. */
export async function askPolicy(
  deps: AskDeps,
  settings: AskSettings,
  task: Task,
  options: AskOptions,
): Promise<AskAnswer> {
  const { onEvent } = options;
  const model = createTransformersModel(
    deps.policy,
    deps.engine.configJson as Readonly<Record<string, unknown>>,
  );
  const begin = deps.now();
  try {
    const sampling = generateSampling(model);
    const [trajectory] = await rollOut(
      {
        ...deps,
        policy: {
          sample: (requests, sampleOptions) =>
            sampling.sample(requests, {
              ...sampleOptions,
              onTokens: (_, ids) => {
                for (const id of ids) onEvent({ kind: 'token', text: deps.chat.tokenText(id) });
              },
            }),
        },
      },
      [{ task, step: 0, group: 0, rollout: options.draw }],
      {
        ...evaluationRollout(settings, options.temperature),
        onEpisodeTurn: (_, turn) => onEvent({ kind: 'turn', turn }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
    if (trajectory === undefined) throw new Error('A conversation ended without a record.');
    for (const message of faultWarnings([trajectory])) onEvent({ kind: 'warning', message });
    return answerOf(trajectory, deps, options.isScored, (deps.now() - begin) / 1000);
  } finally {
    await model.dispose();
  }
}

/** What can be asked, tasks of the test split first. */
export function askMenu(environment: OpenedEnvironment): AskMenu {
  const order: readonly Split[] = [...SPLITS].reverse();
  return {
    title: environment.title,
    tasks: order.flatMap((split) =>
      environment.tasks[split].map((task) => ({
        id: task.id,
        question: taskText(task),
        gold: task.answer,
        split,
        level: task.level,
        info: task.info,
      })),
    ),
    takesOwn: environment.ask !== undefined,
    own: environment.menu?.() ?? {},
  };
}

/** @throws TrainingError when the numbers of a request make no sense */
function checkRequest({ temperature, draw }: DirectRequest): void {
  if (!Number.isFinite(temperature) || temperature < 0 || temperature > 10) {
    throw TrainingError.of('training/temperature', { found: temperature });
  }
  if (!Number.isInteger(draw) || draw < 0 || draw > 65_535) {
    throw TrainingError.of('training/draw', { found: draw });
  }
}

function taskOf(
  environment: OpenedEnvironment,
  { task }: DirectRequest,
  settings: Settings,
): Task | Promise<Task> {
  if (task.kind === 'task') return task.task;
  if (task.kind === 'own') {
    if (environment.ask !== undefined) return environment.ask(task.input);
    throw TrainingError.of('training/no-own-words', { environment: settings.environment });
  }
  for (const split of SPLITS) {
    const found = environment.tasks[split].find(({ id }) => id === task.id);
    if (found !== undefined) return found;
  }
  throw TrainingError.of('training/no-task', { dataset: settings.dataset, task: task.id });
}

function answerOf(trajectory: Trajectory, deps: AskDeps, isScored: boolean, seconds: number): AskAnswer {
  const { outcome, task } = trajectory;
  return {
    answer: outcome.answer,
    gold: isScored ? task.answer : null,
    correct: isScored && trajectory.scorable ? outcome.success : null,
    reward: isScored ? trajectory.reward : null,
    endReason: outcome.stopCondition,
    turns: outcome.turns,
    explained: deps.environment.explain?.(task, outcome) ?? {},
    seconds,
    view: conversationView(trajectory, deps.chat),
  };
}
