/**
 * What a policy is asked to do. An environment knows tasks, tools and rewards; it knows no token, no GPU and no model
 * family: turns reach it parsed, and what it answers is plain, structured-cloneable data.
 */
import type {
  AssistantMessage,
  ChatMessage,
  JsonObject,
  ParsedTurn,
  ToolResult,
  ToolSchema,
  Turn,
} from '../conversation/types';
import type { STOP } from '../conversation/stop';
import type { Random } from '../random/philox';
import type { EnvironmentSettings } from '../settings/schema';
import type { Settings } from '../settings/settings';

export const SPLITS = ['train', 'validation', 'test'] as const;
/** One of the three sets of tasks. */
export type Split = (typeof SPLITS)[number];

/** One thing to do. */
export interface Task {
  readonly id: string;
  /** What is asked, as people read it; an episode may put more before it. */
  readonly prompt: readonly ChatMessage[];
  /** The known answer; null when there is none to compare with. */
  readonly answer: string | null;
  /** 1 (easy) upwards. */
  readonly level: number;
  /** Whatever else the environment needs to know of the task. */
  readonly info: JsonObject;
  /** The part of training that it is kept for; absent for tasks that serve both. */
  readonly stage?: Stage;
}

export const STAGES = ['warm-start', 'policy'] as const;
/** `warm-start`: shown by the expert and never asked. `policy`: asked and never shown. */
export type Stage = (typeof STAGES)[number];

/** Why an episode ended: a word that every environment has, such as `unparsable` or `out-of-turns`, or one of the environment's own, such as `answered`. */
export type StopCondition = string;
/** Value of a turn in advantage kinds `action` and `mixed`: a constant, or a multiple of the rollout's own advantage. */
export type TurnValue = number | { readonly advantage: number };

/** All that training, evaluation, page and logs see of an episode. Structured-cloneable. */
export interface Outcome {
  /** Text, calls and results as acted on: nobody parses a second time. */
  readonly turns: readonly Turn[];
  readonly stopCondition: StopCondition;
  /** Null where the environment has no verdict. */
  readonly success: boolean | null;
  /** Text of the final answer; null when none was given. */
  readonly answer: string | null;
  /** By the names of the environment's metrics table. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Parts of the reward by name; null where a part does not apply. */
  readonly rewards: Readonly<Record<string, number | null>>;
  /** One per turn, where the environment has an opinion. */
  readonly turnValues?: readonly TurnValue[];
  /** What the environment's own code did wrong, for an unscorable episode; its rewards are then null. */
  readonly fault?: string;
}

/** What a turn led to. */
export interface Step {
  /** Of the turn's calls, in order; fewer when one of them ended the episode. */
  readonly results: readonly ToolResult[];
  readonly done: boolean;
}

/** A task being done, driven by whoever samples tokens: `step` until it is done or `truncate` was called. */
export interface Episode {
  /** The opening, system message included. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
  /**
   * Runs the calls of one assistant turn.
   * @param budget characters that the turn's results may take together
   */
  step(turn: ParsedTurn, budget: number): Step | Promise<Step>;
  /** Ends an unfinished episode from outside. */
  truncate(reason: typeof STOP.outOfContext | typeof STOP.outOfTurns): void;
  /** To be asked once, after the end. */
  outcome(): Outcome | Promise<Outcome>;
}

/** What a metric counts. */
export type MetricUnit = 'share' | 'count' | 'tokens' | 'seconds' | 'nats' | 'none';

/** How a number of every episode is shown; a step and an evaluation record its mean, truth counting as 1. */
export interface MetricInfo {
  readonly label: string;
  readonly unit: MetricUnit;
  /** One sentence: what it is and how to read it. */
  readonly description: string;
  /** Recorded in every step under this name; a metric without it is of evaluations only. */
  readonly inSteps?: string;
  /** Shown beside the accuracy in tables of evaluations. */
  readonly inEvaluations?: true;
}
/** Metrics of an environment by name. */
export type MetricsTable = Readonly<Record<string, MetricInfo>>;

/** What can be said of an environment without opening it: settings, metrics and rewards. Plain data. */
export interface EnvironmentInfo extends EnvironmentSettings {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly metrics: MetricsTable;
  readonly rewards: Readonly<Record<string, { readonly label: string }>>;
  /** Name of the browser's store for a user's own files; by default made of the id. */
  readonly importStore?: string;
  /** Mode simple can train on its first turn: opened, it has `startFirstTurn`. */
  readonly firstTurn?: true;
  /** Counts in evaluation summaries of earlier versions, and the metrics whose means they are. */
  readonly earlierCounts?: Readonly<Record<string, string>>;
  /** Further fields of an evaluation's log, made from its scorable outcomes. */
  readonly logFields?: (outcomes: readonly Outcome[]) => JsonObject;
  /** Named sets of weights of the reward's parts; the setting `rewardPreset` names one. */
  readonly rewardWeights: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Files that tasks are made from: a folder, or a single file as a folder of one. */
export interface TaskSource {
  /** As the setting `dataset` has it. */
  readonly name: string;
  /** Bytes of a file, by its path in the folder. @throws EnvironmentError when it is not there. */
  read(path: string): Promise<Uint8Array>;
  /** Paths of all files, where that can be told; null for a site that cannot list. */
  list(): Promise<readonly string[] | null>;
}

/** What an environment is opened with. */
export interface OpenOptions {
  readonly settings: Settings;
  /** The model folder's wishes for this environment (`mailgym` in its config.json); empty for most. */
  readonly hints: JsonObject;
  readonly signal?: AbortSignal;
}

/** An environment with its tasks, ready to be played. */
export interface OpenedEnvironment {
  /** Of the tasks, for people; may be the environment's own. */
  readonly title: string;
  /** SHA-256 of a user's file and its tasks, in hex; absent for built-in environments. */
  readonly hash?: string;
  readonly tasks: Readonly<Record<Split, readonly Task[]>>;
  /**
   * Begins an episode.
   * @param random keyed by seed, step, group and rollout: the same key gives the same episode
   */
  start(task: Task, random: Random): Episode;
  /** An episode of the first turn alone, for mode `simple`; absent where that makes no sense. */
  startFirstTurn?(task: Task, random: Random): Episode;
  /** The assistant's messages of a perfect episode; null where no expert knows one. */
  expert?(task: Task): readonly AssistantMessage[] | null;
  /** A visitor's own task, which `start` then takes. @throws EnvironmentError when the input makes none. */
  ask?(input: JsonObject): Task | Promise<Task>;
  /** What the environment's own view of the page needs to offer tasks. */
  menu?(): JsonObject;
  /** What the environment's own view of the page shows of an outcome, such as the sources of an answer. */
  explain?(task: Task, outcome: Outcome): JsonObject;
  /** Frees what was opened for the tasks. */
  close(): void;
}

/** A file or a folder's files as dropped or picked by the user. */
export interface NamedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A file to import: its bytes, or a handle of the browser's that is read in pieces and may be of any size. */
export interface ImportFile {
  readonly path: string;
  readonly bytes: Uint8Array | Blob;
}

export interface ImportReport {
  /** Files given. */
  readonly files: number;
  /** What was found in them, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Those that are told one by one; `reasons` counts all. */
  readonly rejected: readonly { readonly source: string; readonly reason: string }[];
  /** What was left out, by kind of reason as its error codes name it, most frequent first. */
  readonly reasons?: readonly { readonly code: string; readonly count: number }[];
  /** What was kept without a part of it. */
  readonly shortened?: readonly { readonly source: string; readonly reason: string }[];
  /** Further facts that the environment's own view shows. */
  readonly about?: JsonObject;
}

/** How far an import has come. */
export interface ImportStatus {
  readonly bytes: number;
  readonly totalBytes: number;
  /** What has been found and left out so far. */
  readonly found: number;
  readonly rejected: number;
}

export interface ImportWatch {
  readonly onProgress?: (status: ImportStatus) => void;
  /** Ends the import, which then rejects with the signal's reason; what was imported before stays. */
  readonly signal?: AbortSignal;
}

export interface Environment extends EnvironmentInfo {
  /** @throws EnvironmentError when the source's files are missing or not sound. */
  open(source: TaskSource, options: OpenOptions): Promise<OpenedEnvironment>;
}
