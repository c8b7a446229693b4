/** What running, evaluating and asking answer. Structured-cloneable: it crosses the worker's boundary as it is. */
import type { JsonObject, Turn } from '../conversation/types';
import type { Split } from '../env/types';
import type { ExportFormat, ExportType } from '../settings/choices';
import type { Bounds, SeveralTries, Try } from '../grpo/tries';
import type { ModelFacts } from '../engine/model-facts';
import type { DeviceFault } from '../report/check/types';
import type { EvalSummary, MemoryNeed, StopReason, TrajectoryView } from '../grpo/types';

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
  | {
      readonly ok: false;
      readonly why: DeviceFault;
      /** In English, as the next. */
      readonly problem: string;
      readonly remedy: string;
    };

/** A model that a browser has downloaded, whole or in part. */
export interface StoredDownload {
  /** Address that its files lie below; what {@link name} is known by. */
  readonly base: string;
  /** `hub:owner/name@revision`, or the address. */
  readonly name: string;
  /** The commit that its files are of; null where the server names none. */
  readonly commit: string | null;
  /** Files that are whole. */
  readonly files: number;
  readonly bytes: number;
  /** When the newest came, in milliseconds since the epoch; null where none is whole. */
  readonly fetched: number | null;
}

/** A file that a visitor gave, which stays where it is. */
export interface GivenFile {
  /** Its name, or its path where a folder was given. */
  readonly path: string;
  readonly content: Blob;
}

/** A model that a visitor gave. */
export interface GivenModel extends ModelFacts {
  /** For the setting `model`. */
  readonly model: string;
  readonly files: number;
  /** Of all its files. */
  readonly bytes: number;
}

/** An adapter of a run in this browser's storage, and what it is to be written as. */
export interface ExportRequest {
  readonly outputDir: string;
  /** best_model, final or checkpoint-N. */
  readonly which: string;
  readonly format: ExportFormat;
  /** How numbers are kept; default: the first of the format's. */
  readonly type?: ExportType;
  /** Write GGUF though llama.cpp cuts text otherwise than the model's tokenizer. */
  readonly anyTokenizer?: boolean;
}

/** What an export has made. */
export interface Exported {
  /** What whoever uses the files should know. */
  readonly notices: readonly string[];
  /** The file to download; null where all was written into a folder. */
  readonly file: { readonly name: string; readonly content: Blob } | null;
}

export interface RunResult {
  readonly reason: StopReason;
  readonly step: number;
  readonly bestAccuracy: number | null;
  readonly outputDir: string;
}

/** What is known of a run before it starts. */
export interface RunPlan {
  readonly need: MemoryNeed;
  /** Of all its steps, without evaluations and resampling. */
  readonly rollouts: number;
  /** Tokens of the model's longest context. */
  readonly maxPositions: number;
}

/** A task of the dataset, or one of the visitor's own, in the form that the environment asks for. */
export type AskedTask =
  { readonly kind: 'dataset'; readonly id: string } | { readonly kind: 'own'; readonly input: JsonObject };

export interface AskRequest {
  readonly task: AskedTask;
  /** 0: always the most likely token. */
  readonly temperature: number;
  /** Number of the try; above temperature 0 each draws another conversation. */
  readonly draw: number;
}

/** What a conversation tells while it goes on, in order. */
export type AskEvent =
  | { readonly kind: 'loading'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly kind: 'warning'; readonly message: string }
  /** A training run has the GPU; the question is answered after its step. */
  | { readonly kind: 'waiting' }
  /** One token that the model just wrote. */
  | { readonly kind: 'token'; readonly text: string }
  /** The turn of the tokens so far is over and its tools have run. */
  | { readonly kind: 'turn'; readonly turn: Turn };

/** `gold`, `correct` and `reward` are null for a task of one's own. */
export interface AskAnswer {
  readonly answer: string | null;
  readonly gold: string | null;
  readonly correct: boolean | null;
  readonly reward: number | null;
  readonly endReason: string;
  readonly turns: readonly Turn[];
  /** What the environment's own view shows of the answer, such as its sources. */
  readonly explained: JsonObject;
  /** Without loading. */
  readonly seconds: number;
  /** Every token, as for rollouts; the mask marks those that the model wrote. */
  readonly view: TrajectoryView;
}

/** What can be asked of an environment's tasks. */
export interface AskMenu {
  readonly title: string;
  /** Those of the test split first. */
  readonly tasks: readonly {
    readonly id: string;
    readonly question: string;
    readonly gold: string | null;
    readonly split: Split;
    readonly level: number;
    readonly info: JsonObject;
  }[];
  /** Whether a visitor may ask a task of their own. */
  readonly takesOwn: boolean;
  /** What the environment's own view needs to offer that. */
  readonly own: JsonObject;
}

/** With one try a question (`evalTries`), `passAtK`, `agreement` and `tries` are not there. */
export interface EvaluationReport extends Partial<SeveralTries> {
  readonly split: Split;
  readonly questions: number;
  /** Mean over all tries. */
  readonly sampledAccuracy: number;
  /** 95 % interval of `sampledAccuracy`, the questions taken as drawn; null without a verdict. */
  readonly accuracyInterval: Bounds | null;
  readonly greedyAccuracy: number;
  readonly greedyAccuracyInterval: Bounds | null;
  readonly reward: number;
  /** Means of the environment's metrics over the sampled episodes. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly rewards: Readonly<Record<string, number | null>>;
  readonly sampled: EvalSummary;
  readonly greedy: EvalSummary;
  /** Of several tries the first stands here; `tries` has them all. */
  readonly perQuestion: readonly {
    readonly id: string;
    readonly question: string;
    readonly gold: string | null;
    readonly sampled: string | null;
    readonly sampledCorrect: boolean | null;
    readonly greedy: string | null;
    readonly greedyCorrect: boolean | null;
    readonly reward: number;
    readonly sampledTurns: readonly Turn[];
    readonly greedyTurns: readonly Turn[];
    readonly tries?: readonly Try[];
  }[];
}
