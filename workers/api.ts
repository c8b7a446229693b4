/** The one interface between the page and the worker (Comlink). Everything here is structured-cloneable. */
import type { EvalSummary, RunEvent, StopReason } from '../src/grpo/types';
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

export interface AskAnswer {
  readonly text: string;
  readonly turns: number;
  readonly answer: string | null;
}

/** One run at a time. Errors cross with name and message. */
export interface TrainerApi {
  probe(): Promise<DeviceReport>;
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
  /** Zip of a PEFT folder with metadata.json and metrics.jsonl. `which`: best_model, final or checkpoint-N. */
  exportAdapter(outputDir: string, which: string): Promise<Uint8Array>;
  /** Files of finished and unfinished runs in the browser's storage. */
  listFiles(prefix: string): Promise<string[]>;
  readFile(path: string): Promise<Uint8Array | null>;
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
