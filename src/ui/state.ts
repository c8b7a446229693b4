/** What the page knows, and what can happen to it; `reduce.ts` says how. Pure: times come in with the actions. */
import type {
  EvalSummary,
  MemoryNeed,
  RunEvent,
  RunPhase,
  StepMetrics,
  StopReason,
  TrajectoryView,
  WarmStartMetrics,
} from '../grpo/types';
import type { CheckpointName } from '../report/run-files';
import type { Settings } from '../settings/settings';
import type {
  DeviceReport,
  EvaluationReport,
  GivenModel,
  ImportReport,
  ImportStatus,
  RunResult,
  StoredDownload,
} from '../../workers/api';
import type { RunOffer } from './runs/offer';
import { PLAIN_RUNS_VIEW, type RunsView } from './runs/view';
import { NOTHING_ASKED, type AskAction, type AskState } from './ask-state';
import type { FormState } from './form-state';
import { NO_LESSONS } from './lessons/state';
import type { LessonAction, LessonsState } from './lessons/types';
import type { RunLabel } from './runs/label';
import { NO_MAIL, type MailAction, type MailState } from './mail-state';
import type { RunClock } from './run-clock';

/** In the order of their tabs. */
export const VIEWS = [
  'curves',
  'trajectories',
  'mask',
  'runs',
  'compare',
  'ask',
  'mail',
  'files',
  'log',
] as const;
export type View = (typeof VIEWS)[number];
export type RunStatus =
  'idle' | 'starting' | 'running' | 'pausing' | 'paused' | 'stopping' | 'ended' | 'failed';
export type Colouring = 'mask' | 'advantage' | 'logprob';

export type DeviceState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'known'; readonly report: DeviceReport }
  /** The worker did not answer at all, so nothing is known about WebGPU. */
  | { readonly kind: 'unknown' };

/** Something went wrong: what was asked, what was found, what to do. Its texts are in the language of when they are read. */
export interface Problem {
  readonly title: string;
  readonly message: string;
  readonly remedy: string;
  /** A notice says what the page did differently; an error says what did not happen. */
  readonly tone?: 'notice';
  /** Offers to go on from the last saved step of this run. */
  readonly resumeDir: string | null;
  /** The checkpoint to go on from, when it is not the last one. */
  readonly resumeFrom?: CheckpointName;
}

/** A run with its curves: the present one, earlier ones of this visit, and those found in the browser's storage. */
export interface RunRecord {
  readonly id: string;
  readonly outputDir: string;
  readonly origin: 'session' | 'stored';
  /** Null for a stored run whose config could not be read. */
  readonly settings: Settings | null;
  readonly preset: string;
  readonly steps: readonly StepMetrics[];
  /** Supervised steps before GRPO; absent without a warm start. */
  readonly warmStart?: readonly WarmStartMetrics[];
  readonly evaluations: readonly EvalSummary[];
  readonly finished: boolean;
  /** What is written on it; absent for a run that nobody has named and that no page has made. */
  readonly label?: RunLabel;
}

export interface Progress {
  readonly phase: RunPhase;
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

export interface RunState {
  readonly status: RunStatus;
  readonly recordId: string | null;
  readonly maxSteps: number;
  readonly progress: Progress | null;
  readonly clock: RunClock | null;
  readonly reason: StopReason | null;
  readonly result: RunResult | null;
  /** Folders below the output folder that hold an adapter, in order of saving. */
  readonly saved: readonly string[];
  /** What it holds on the GPU; null until that is known. */
  readonly memory: MemoryNeed | null;
}

/** Runs that were asked for together and come one after the other. */
export interface Queue {
  readonly runs: readonly Planned[];
  /** How many of them have ended. */
  readonly done: number;
}
export interface Planned {
  readonly settings: Settings;
  readonly preset: string;
}

export interface TrajectoryBatch {
  readonly step: number;
  readonly items: readonly TrajectoryView[];
}

export interface TrajectoryState {
  /** The latest few, oldest first. */
  readonly batches: readonly TrajectoryBatch[];
  /** Null follows the newest step. */
  readonly step: number | null;
  readonly open: { readonly group: number; readonly rollout: number } | null;
  readonly colouring: Colouring;
}

export interface LogLine {
  /** Counted from the beginning of the log. */
  readonly id: number;
  readonly kind: 'log' | 'warning' | 'saved' | 'error';
  readonly text: string;
}

export interface EvaluationState {
  readonly outputDir: string;
  readonly which: string;
  readonly busy: boolean;
  readonly progress: Progress | null;
  readonly report: EvaluationReport | null;
}

export interface State {
  readonly view: View;
  readonly device: DeviceState;
  readonly form: FormState;
  readonly run: RunState;
  /** Null when nothing more is to come. */
  readonly queue: Queue | null;
  /** Newest last. */
  readonly records: readonly RunRecord[];
  readonly hiddenRecords: ReadonlySet<string>;
  /** How the table of runs is ordered, filtered and grouped. */
  readonly runsView: RunsView;
  /** A run file that the address names, until the visitor has answered. */
  readonly offer: RunOffer | null;
  readonly trajectories: TrajectoryState;
  readonly log: readonly LogLine[];
  readonly problem: Problem | null;
  /** Of the latest import of this visit. */
  readonly imported: ImportReport | null;
  readonly importing: boolean;
  /** How far that has come; null until it is known. */
  readonly importStatus: ImportStatus | null;
  /** The visitor's own mail. */
  readonly mail: MailState;
  /** Paths in the browser's storage; null until they have been listed. */
  readonly files: readonly string[] | null;
  readonly usage: { readonly used: number; readonly quota: number } | null;
  /** Models in the browser's storage. */
  readonly downloads: readonly StoredDownload[];
  /** Models that the visitor gave, the newest last. */
  readonly models: readonly GivenModel[];
  /** Name of the one that is being opened. */
  readonly openingModel: string | null;
  readonly evaluation: EvaluationState | null;
  readonly ask: AskState;
  readonly lessons: LessonsState;
  /** Whether the page can be loaded again without a network. */
  readonly keptOffline: boolean;
}

export type Action =
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'device'; readonly device: DeviceState }
  | { readonly kind: 'form'; readonly form: FormState }
  | { readonly kind: 'run-asked'; readonly record: RunRecord; readonly maxSteps: number; readonly at: number }
  | { readonly kind: 'run-event'; readonly event: RunEvent; readonly at: number }
  | { readonly kind: 'run-done'; readonly result: RunResult; readonly at: number }
  | { readonly kind: 'run-failed'; readonly problem: Problem; readonly at: number }
  | { readonly kind: 'queue'; readonly queue: Queue | null }
  | { readonly kind: 'pausing' }
  | { readonly kind: 'paused'; readonly at: number }
  | { readonly kind: 'resumed'; readonly at: number }
  | { readonly kind: 'stopping'; readonly at: number }
  | { readonly kind: 'problem'; readonly problem: Problem | null }
  | { readonly kind: 'trajectory-step'; readonly step: number | null }
  | { readonly kind: 'trajectory-open'; readonly group: number; readonly rollout: number }
  | { readonly kind: 'colouring'; readonly colouring: Colouring }
  | { readonly kind: 'importing'; readonly status: ImportStatus | null }
  | { readonly kind: 'imported'; readonly report: ImportReport | null }
  | { readonly kind: 'files'; readonly files: readonly string[]; readonly usage: State['usage'] }
  | { readonly kind: 'opening-model'; readonly name: string }
  | { readonly kind: 'opened-model'; readonly model: GivenModel | null }
  | { readonly kind: 'downloads'; readonly downloads: State['downloads'] }
  | { readonly kind: 'stored-records'; readonly records: readonly RunRecord[] }
  | { readonly kind: 'record-shown'; readonly id: string; readonly shown: boolean }
  /** These and no others are compared. */
  | { readonly kind: 'records-chosen'; readonly ids: readonly string[] }
  | { readonly kind: 'runs-view'; readonly runsView: RunsView }
  | { readonly kind: 'offer'; readonly offer: RunOffer | null }
  | { readonly kind: 'label'; readonly outputDir: string; readonly label: RunLabel }
  /** A run of the list is shown again as if it had just ended. */
  | {
      readonly kind: 'reopened';
      readonly id: string;
      readonly batches: readonly TrajectoryBatch[];
      readonly log: readonly LogLine[];
    }
  | { readonly kind: 'run-removed'; readonly outputDir: string }
  | { readonly kind: 'evaluation'; readonly evaluation: EvaluationState | null }
  | { readonly kind: 'kept-offline' }
  | LessonAction
  | MailAction
  | AskAction;

/** Batches of trajectories kept for browsing; each can hold tens of thousands of tokens. */
export const KEPT_BATCHES = 8;
export const KEPT_LOG_LINES = 1000;
export function initialState(form: FormState): State {
  return {
    view: 'curves',
    device: { kind: 'checking' },
    form,
    run: IDLE,
    queue: null,
    records: [],
    hiddenRecords: new Set(),
    runsView: PLAIN_RUNS_VIEW,
    offer: null,
    trajectories: { batches: [], step: null, open: null, colouring: 'mask' },
    log: [],
    problem: null,
    imported: null,
    importing: false,
    importStatus: null,
    mail: NO_MAIL,
    files: null,
    usage: null,
    downloads: [],
    models: [],
    openingModel: null,
    evaluation: null,
    ask: NOTHING_ASKED,
    lessons: NO_LESSONS,
    keptOffline: false,
  };
}

/** Of no run yet. */
export const IDLE: RunState = {
  status: 'idle',
  recordId: null,
  maxSteps: 0,
  progress: null,
  clock: null,
  reason: null,
  result: null,
  saved: [],
  memory: null,
};

/** True while the worker is busy with a run; a second one cannot be started. */
export function isActive(status: RunStatus): boolean {
  return status !== 'idle' && status !== 'ended' && status !== 'failed';
}

export function currentRecord(state: State): RunRecord | null {
  return state.records.find((record) => record.id === state.run.recordId) ?? null;
}

export function shownBatch(trajectories: TrajectoryState): TrajectoryBatch | null {
  const { batches, step } = trajectories;
  return batches.find((batch) => batch.step === step) ?? batches.at(-1) ?? null;
}

/** The opened trajectory, or null when it is not in the step shown. */
export function openTrajectory(trajectories: TrajectoryState): TrajectoryView | null {
  const { open } = trajectories;
  if (open === null) return null;
  const items = shownBatch(trajectories)?.items ?? [];
  return items.find((item) => item.group === open.group && item.rollout === open.rollout) ?? null;
}
