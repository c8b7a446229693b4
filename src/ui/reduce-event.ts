/** How the events of a run change what the page knows. Pure. */
import type { RunEvent } from '../grpo/types';
import { marked } from './run-clock';
import {
  KEPT_FOLLOWED_ANSWERS,
  KEPT_LOG_LINES,
  type LogLine,
  type RunRecord,
  type RunState,
  type State,
  tokensOf,
  tooManyBatches,
} from './state';

/** What a run tells of itself. */
export function reduceEvent(state: State, event: RunEvent, at: number): State {
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
      const excess = new Set(tooManyBatches(all.map((b) => ({ step: b.step, tokens: tokensOf(b.items) }))));
      // The step being read stays, however old it is.
      const batches = excess.size === 0 ? all : all.filter((b) => !excess.has(b.step) || b.step === step);
      return { ...state, run, trajectories: { ...state.trajectories, batches, open } };
    }
    case 'followed': {
      const { followed } = state.trajectories;
      const all = [
        ...followed.filter((one) => one.step < event.step),
        { step: event.step, item: event.item },
      ];
      const kept = all.length > KEPT_FOLLOWED_ANSWERS ? all.filter((_, i) => i !== 1) : all;
      return { ...state, run, trajectories: { ...state.trajectories, followed: kept } };
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

/** Changes the record of the present run. */
export function withRecord(state: State, change: (record: RunRecord) => RunRecord): State {
  return {
    ...state,
    records: state.records.map((record) => (record.id === state.run.recordId ? change(record) : record)),
  };
}

export function appendLog(log: readonly LogLine[], line: Omit<LogLine, 'id'>): readonly LogLine[] {
  const id = (log.at(-1)?.id ?? -1) + 1;
  return [...(log.length >= KEPT_LOG_LINES ? log.slice(1) : log), { id, ...line }];
}
