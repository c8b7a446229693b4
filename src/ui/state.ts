/** What the page knows, and how every event changes it. Pure: times come in with the actions. */
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
  RunResult,
  StoredDownload,
} from '../../workers/api';
import { NOTHING_ASKED, reduceAsk, type AskAction, type AskState } from './ask-state';
import type { FormState } from './form-state';
import { continued, halted, marked, stopped, type RunClock } from './run-clock';

export type View = 'curves' | 'ask' | 'trajectories' | 'mask' | 'compare' | 'files' | 'log';
export type RunStatus =
  'idle' | 'starting' | 'running' | 'pausing' | 'paused' | 'stopping' | 'ended' | 'failed';
export type Colouring = 'mask' | 'advantage' | 'logprob';

export type DeviceState =
  | { readonly kind: 'checking' }
  | { readonly kind: 'known'; readonly report: DeviceReport }
  /** The worker did not answer at all, so nothing is known about WebGPU. */
  | { readonly kind: 'unknown' };

/** Something went wrong: what was asked, what was found, what to do. */
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
  /** Newest last. */
  readonly records: readonly RunRecord[];
  readonly hiddenRecords: ReadonlySet<string>;
  readonly trajectories: TrajectoryState;
  readonly log: readonly LogLine[];
  readonly problem: Problem | null;
  /** Of the latest import of this visit. */
  readonly imported: ImportReport | null;
  readonly importing: boolean;
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
}

export type Action =
  | { readonly kind: 'view'; readonly view: View }
  | { readonly kind: 'device'; readonly device: DeviceState }
  | { readonly kind: 'form'; readonly form: FormState }
  | { readonly kind: 'run-asked'; readonly record: RunRecord; readonly maxSteps: number; readonly at: number }
  | { readonly kind: 'run-event'; readonly event: RunEvent; readonly at: number }
  | { readonly kind: 'run-done'; readonly result: RunResult; readonly at: number }
  | { readonly kind: 'run-failed'; readonly problem: Problem; readonly at: number }
  | { readonly kind: 'pausing' }
  | { readonly kind: 'paused'; readonly at: number }
  | { readonly kind: 'resumed'; readonly at: number }
  | { readonly kind: 'stopping'; readonly at: number }
  | { readonly kind: 'problem'; readonly problem: Problem | null }
  | { readonly kind: 'trajectory-step'; readonly step: number | null }
  | { readonly kind: 'trajectory-open'; readonly group: number; readonly rollout: number }
  | { readonly kind: 'colouring'; readonly colouring: Colouring }
  | { readonly kind: 'importing' }
  | { readonly kind: 'imported'; readonly report: ImportReport | null }
  | { readonly kind: 'files'; readonly files: readonly string[]; readonly usage: State['usage'] }
  | { readonly kind: 'opening-model'; readonly name: string }
  | { readonly kind: 'opened-model'; readonly model: GivenModel | null }
  | { readonly kind: 'downloads'; readonly downloads: State['downloads'] }
  | { readonly kind: 'stored-records'; readonly records: readonly RunRecord[] }
  | { readonly kind: 'record-shown'; readonly id: string; readonly shown: boolean }
  | { readonly kind: 'evaluation'; readonly evaluation: EvaluationState | null }
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
    records: [],
    hiddenRecords: new Set(),
    trajectories: { batches: [], step: null, open: null, colouring: 'mask' },
    log: [],
    problem: null,
    imported: null,
    importing: false,
    files: null,
    usage: null,
    downloads: [],
    models: [],
    openingModel: null,
    evaluation: null,
    ask: NOTHING_ASKED,
  };
}

const IDLE: RunState = {
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

export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case 'view':
      return { ...state, view: action.view };
    case 'device':
      return { ...state, device: action.device };
    case 'form':
      return { ...state, form: action.form };
    case 'run-asked':
      return {
        ...state,
        problem: null,
        // A stored record of the same folder is what this run continues or replaces.
        records: [...state.records.filter((r) => r.outputDir !== action.record.outputDir), action.record],
        run: {
          ...IDLE,
          status: 'starting',
          recordId: action.record.id,
          maxSteps: action.maxSteps,
          clock: { startedAt: action.at, pausedAt: null, pausedMs: 0, endedAt: null, marks: [] },
        },
        trajectories: { ...state.trajectories, batches: [], step: null, open: null },
        log: [],
        evaluation: null,
      };
    case 'run-event':
      return reduceEvent(state, action.event, action.at);
    case 'run-done':
      return {
        ...withRecord(state, (record) => ({ ...record, finished: true })),
        run: {
          ...state.run,
          status: 'ended',
          reason: action.result.reason,
          result: action.result,
          progress: null,
          clock: stopped(state.run.clock, action.at),
        },
      };
    case 'run-failed':
      return {
        ...state,
        problem: action.problem,
        run: { ...state.run, status: 'failed', progress: null, clock: stopped(state.run.clock, action.at) },
        log: appendLog(state.log, {
          kind: 'error',
          text: `${action.problem.title} ${action.problem.message}`,
        }),
      };
    case 'pausing':
      return state.run.status === 'running' || state.run.status === 'starting'
        ? { ...state, run: { ...state.run, status: 'pausing' } }
        : state;
    case 'paused':
      return state.run.status === 'pausing'
        ? { ...state, run: { ...state.run, status: 'paused', clock: halted(state.run.clock, action.at) } }
        : state;
    case 'resumed':
      return state.run.status === 'paused' || state.run.status === 'pausing'
        ? { ...state, run: { ...state.run, status: 'running', clock: continued(state.run.clock, action.at) } }
        : state;
    case 'stopping':
      return isActive(state.run.status)
        ? {
            ...state,
            run: { ...state.run, status: 'stopping', clock: continued(state.run.clock, action.at) },
          }
        : state;
    case 'problem':
      return { ...state, problem: action.problem };
    case 'trajectory-step':
      return { ...state, trajectories: { ...state.trajectories, step: action.step } };
    case 'trajectory-open': {
      const shown = shownBatch(state.trajectories);
      // Opening one holds its step, so that the next step's arrival does not take the reader's text away.
      const step = shown?.step ?? null;
      return {
        ...state,
        trajectories: { ...state.trajectories, step, open: { group: action.group, rollout: action.rollout } },
      };
    }
    case 'colouring':
      return { ...state, trajectories: { ...state.trajectories, colouring: action.colouring } };
    case 'importing':
      return { ...state, importing: true };
    case 'imported':
      return { ...state, importing: false, imported: action.report ?? state.imported };
    case 'files':
      return { ...state, files: action.files, usage: action.usage };
    case 'opening-model':
      return { ...state, openingModel: action.name };
    case 'opened-model': {
      const { model } = action;
      if (model === null) return { ...state, openingModel: null };
      const others = state.models.filter((one) => one.model !== model.model);
      return { ...state, openingModel: null, models: [...others, model] };
    }
    case 'downloads':
      return { ...state, downloads: action.downloads };
    case 'stored-records': {
      const session = state.records.filter((record) => record.origin === 'session');
      const taken = new Set(session.map((record) => record.outputDir));
      return { ...state, records: [...action.records.filter((r) => !taken.has(r.outputDir)), ...session] };
    }
    case 'record-shown': {
      const hiddenRecords = new Set(state.hiddenRecords);
      if (action.shown) hiddenRecords.delete(action.id);
      else hiddenRecords.add(action.id);
      return { ...state, hiddenRecords };
    }
    case 'evaluation':
      return { ...state, evaluation: action.evaluation };
    case 'ask-draft':
    case 'ask-menu':
    case 'asked':
    case 'ask-begun':
    case 'ask-event':
    case 'ask-answer':
    case 'ask-ended':
    case 'ask-idle':
      return { ...state, ask: reduceAsk(state.ask, action) };
  }
}

function reduceEvent(state: State, event: RunEvent, at: number): State {
  const run: RunState = state.run.status === 'starting' ? { ...state.run, status: 'running' } : state.run;
  switch (event.kind) {
    case 'progress': {
      const { phase, done, total, note } = event;
      return { ...state, run: { ...run, progress: { phase, done, total, note } } };
    }
    case 'warm-start':
      return {
        ...withRecord(state, (record) => ({
          ...record,
          warmStart: [...(record.warmStart ?? []).filter((s) => s.step < event.metrics.step), event.metrics],
        })),
        run,
      };
    case 'step': {
      const next = withRecord(state, (record) => ({
        ...record,
        // A resumed run may repeat the step after its last checkpoint.
        steps: [...record.steps.filter((s) => s.step < event.metrics.step), event.metrics],
      }));
      return {
        ...next,
        run: { ...run, maxSteps: event.metrics.maxSteps, clock: marked(run.clock, event.metrics.step, at) },
      };
    }
    case 'trajectories': {
      const { step, open } = state.trajectories;
      const all = [...state.trajectories.batches.filter((b) => b.step !== event.step), event];
      const excess = all.length - KEPT_BATCHES;
      // The step being read stays, however old it is.
      const batches = excess <= 0 ? all : all.filter((b, i) => i >= excess || b.step === step);
      return { ...state, run, trajectories: { ...state.trajectories, batches, open } };
    }
    case 'evaluation':
      return {
        ...withRecord(state, (record) => ({
          ...record,
          evaluations: [
            ...record.evaluations.filter(
              (e) => e.step !== event.summary.step || e.split !== event.summary.split,
            ),
            event.summary,
          ],
        })),
        run,
      };
    case 'saved': {
      const saved = run.saved.includes(event.path) ? run.saved : [...run.saved, event.path];
      return {
        ...state,
        run: { ...run, saved },
        log: appendLog(state.log, { kind: 'saved', text: `Saved ${event.path} (step ${event.step})` }),
      };
    }
    case 'warning':
      return { ...state, run, log: appendLog(state.log, { kind: 'warning', text: event.message }) };
    case 'memory':
      return { ...state, run: { ...run, memory: event.need } };
    case 'log':
      return { ...state, run, log: appendLog(state.log, { kind: 'log', text: event.line }) };
    case 'end':
      return { ...state, run: { ...run, reason: event.reason } };
  }
}

function withRecord(state: State, change: (record: RunRecord) => RunRecord): State {
  return {
    ...state,
    records: state.records.map((record) => (record.id === state.run.recordId ? change(record) : record)),
  };
}

function appendLog(log: readonly LogLine[], line: Omit<LogLine, 'id'>): readonly LogLine[] {
  const id = (log.at(-1)?.id ?? -1) + 1;
  return [...(log.length >= KEPT_LOG_LINES ? log.slice(1) : log), { id, ...line }];
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
