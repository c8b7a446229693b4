/** The one interface between the page and the worker (Comlink). Everything here is structured-cloneable. */
import type { Turn } from '../src/env/mail/types';
import type { Split } from '../src/env/mail/corpus/types';
import type { EvalSummary, RunEvent, StopReason, TrajectoryView } from '../src/grpo/types';
import type { Settings } from '../src/settings/settings';

export type DeviceReport =
  | {
      readonly ok: true;
      readonly vendor: string;
      readonly architecture: string;
      readonly description: string;
      readonly software: boolean;
      readonly features: readonly string[];
      readonly maxBufferBytes: number;
    }
  | { readonly ok: false; readonly problem: string; readonly remedy: string };

export interface RunResult {
  readonly reason: StopReason;
  readonly step: number;
  readonly bestAccuracy: number | null;
  readonly outputDir: string;
}

/** A file or a folder's files as dropped or picked by the user. */
export interface NamedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A question of the dataset, whose answer is known, or one in own words. */
export type AskedQuestion =
  | { readonly kind: 'dataset'; readonly id: string }
  | {
      readonly kind: 'own';
      readonly text: string;
      /** Address whose mail is searched. */
      readonly inbox: string;
      /** `YYYY-MM-DD`: what counts as today. */
      readonly queryDate: string;
    };

export interface AskRequest {
  readonly question: AskedQuestion;
  /** 0: always the most likely token. */
  readonly temperature: number;
  /** Number of the try; above temperature 0 each draws another conversation. */
  readonly draw: number;
}

/** What a conversation tells while it goes on, in order. */
export type AskEvent =
  | { readonly kind: 'loading'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly kind: 'warning'; readonly message: string }
  /** One token that the model just wrote. */
  | { readonly kind: 'token'; readonly text: string }
  /** The turn of the tokens so far is over and its tools have run. */
  | { readonly kind: 'turn'; readonly turn: Turn };

export interface AskSource {
  readonly id: string;
  /** One of the mails that hold the answer; false for questions in own words. */
  readonly isReference: boolean;
  /** Null when there is no such mail. `date`: milliseconds since the epoch. */
  readonly email: {
    readonly from: string;
    readonly date: number | null;
    readonly subject: string;
    readonly body: string;
  } | null;
}

/** `gold`, `correct` and `reward` are null for a question in own words. */
export interface AskAnswer {
  readonly answer: string | null;
  readonly gold: string | null;
  readonly correct: boolean | null;
  readonly reward: number | null;
  readonly endReason: string;
  readonly turns: readonly Turn[];
  readonly sources: readonly AskSource[];
  /** Without loading. */
  readonly seconds: number;
  /** Every token, as for rollouts; the mask marks those that the model wrote. */
  readonly view: TrajectoryView;
}

/** What can be asked about a dataset's mail. */
export interface AskMenu {
  readonly title: string;
  readonly emails: number;
  /** Those of the test split first. */
  readonly questions: readonly {
    readonly id: string;
    readonly question: string;
    readonly gold: string;
    readonly inbox: string;
    readonly queryDate: string;
    readonly split: Split;
    readonly family: string;
    readonly level: number;
  }[];
  /** Addresses with mail to search, and the latest day on which a question is asked there. */
  readonly inboxes: readonly { readonly inbox: string; readonly queryDate: string }[];
}

/** One run at a time. Errors cross with name and message. */
export interface TrainerApi {
  probe(): Promise<DeviceReport>;
  /**
   * Takes an output folder for the next run, so that no other tab can: `wanted`, or the first of `wanted-2`, `wanted-3`, …
   * that is free and empty. Answers its name, for that run's settings.
   */
  reserveRun(wanted: string): Promise<string>;
  /** Starts or resumes (`settings.resume`) and resolves when the run ends. Events arrive in order. */
  run(settings: Settings, onEvent: (event: RunEvent) => void): Promise<RunResult>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends after the current step, which is saved. */
  stop(): Promise<void>;
  /** Evaluates without training. `adapter`: files of a PEFT folder; null for the bare model. */
  evaluate(
    settings: Settings,
    split: 'validation' | 'test',
    adapter: readonly NamedFile[] | null,
    onEvent: (event: RunEvent) => void,
  ): Promise<EvaluationReport>;
  /** Questions and inboxes of a dataset. Needs no GPU. */
  askMenu(dataset: string): Promise<AskMenu>;
  /**
   * Asks one question, with the files of a PEFT folder or (null) the bare model. Tells tokens and tool calls as they
   * come; rejects with `SamplingStopped` after {@link TrainerApi.stopAsking}.
   */
  ask(
    settings: Settings,
    request: AskRequest,
    adapter: readonly NamedFile[] | null,
    onEvent: (event: AskEvent) => void,
  ): Promise<AskAnswer>;
  stopAsking(): Promise<void>;
  /** Zip of a PEFT folder with metadata.json and metrics.jsonl. `which`: best_model, final or checkpoint-N. */
  exportAdapter(outputDir: string, which: string): Promise<Uint8Array>;
  /** Files of finished and unfinished runs in the browser's storage. */
  listFiles(prefix: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array | null>;
  /** @param prefix with a slash at its end a folder, which no run may be using */
  removeFiles(prefix: string): Promise<void>;
  /** For headless runs, which keep the files elsewhere and put them back to resume. */
  writeFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Mail files for the next run with `dataset: 'imported'`: emails (any supported format) and questions JSONL. */
  importMailbox(files: readonly NamedFile[]): Promise<ImportReport>;
  /** The verify contract of docs/architecture.md, for checks in a browser. */
  verify(files: readonly NamedFile[]): Promise<readonly NamedFile[]>;
}

export interface ImportReport {
  readonly files: number;
  readonly messages: number;
  readonly questions: number;
  readonly rejected: readonly { readonly source: string; readonly reason: string }[];
}

export interface EvaluationReport {
  readonly split: 'validation' | 'test';
  readonly questions: number;
  readonly sampledAccuracy: number;
  readonly greedyAccuracy: number;
  readonly reward: number;
  readonly rubric: Readonly<Record<string, number>>;
  readonly sampled: EvalSummary;
  readonly greedy: EvalSummary;
  readonly perQuestion: readonly {
    readonly id: string;
    readonly question: string;
    readonly gold: string;
    readonly sampled: string | null;
    readonly sampledCorrect: boolean;
    readonly greedy: string | null;
    readonly greedyCorrect: boolean;
    readonly reward: number;
  }[];
}
