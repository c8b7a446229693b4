/** How every action changes what the page knows. Pure. */
import { NOTHING_ASKED, reduceAsk } from './ask-state';
import { reduceLessons } from './lessons/state';
import { IMPORTED, NO_MAIL } from './mail-state';
import { appendLog, reduceEvent, withRecord } from './reduce-event';
import { continued, halted, stopped } from './run-clock';
import { currentRecord, IDLE, isActive, shownBatch, type Action, type State } from './state';

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
    case 'queue':
      return { ...state, queue: action.queue };
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
      return { ...state, importing: true, importStatus: action.status };
    case 'imported':
      // What could not be read before, or was missing, is of the past once something has been read.
      return action.report === null
        ? { ...state, importing: false }
        : { ...state, importing: false, imported: action.report, problem: null };
    case 'mail':
      return { ...state, mail: { ...state.mail, ...action.changes } };
    case 'mail-cleared': {
      // What was said of the mail goes with it; conversations about other tasks go too, being few.
      const isOwn = currentRecord(state)?.settings?.dataset === IMPORTED;
      return {
        ...state,
        imported: null,
        mail: { ...NO_MAIL, info: null },
        ask: { ...NOTHING_ASKED, draft: { ...state.ask.draft, words: '', own: {} } },
        ...(isOwn ? { trajectories: { ...state.trajectories, batches: [], step: null, open: null } } : {}),
      };
    }
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
    case 'records-chosen': {
      const chosen = new Set(action.ids);
      const others = state.records.map(({ id }) => id).filter((id) => !chosen.has(id));
      return { ...state, hiddenRecords: new Set(others) };
    }
    case 'runs-view':
      return { ...state, runsView: action.runsView };
    case 'offer':
      // The list is where the run will be.
      return { ...state, offer: action.offer, view: action.offer === null ? state.view : 'runs' };
    case 'label':
      return {
        ...state,
        records: state.records.map((record) =>
          record.outputDir === action.outputDir ? { ...record, label: action.label } : record,
        ),
      };
    case 'reopened': {
      if (isActive(state.run.status)) return state;
      const { id, batches, log } = action;
      const maxSteps = state.records.find((record) => record.id === id)?.steps.at(-1)?.maxSteps ?? 0;
      return {
        ...state,
        view: 'curves',
        run: { ...IDLE, recordId: id, maxSteps },
        trajectories: { ...state.trajectories, batches, step: null, open: null },
        log,
        evaluation: null,
      };
    }
    case 'run-removed': {
      const records = state.records.filter(({ outputDir }) => outputDir !== action.outputDir);
      const isShown = !records.some(({ id }) => id === state.run.recordId);
      if (!isShown || isActive(state.run.status)) return { ...state, records };
      const trajectories = { ...state.trajectories, batches: [], step: null, open: null };
      return { ...state, records, run: IDLE, trajectories, log: [] };
    }
    case 'evaluation':
      return { ...state, evaluation: action.evaluation };
    case 'kept-offline':
      return { ...state, keptOffline: true };
    case 'lesson':
    case 'lessons-open':
    case 'lesson-answer':
    case 'lesson-done':
    case 'lesson-own-form':
      return { ...state, lessons: reduceLessons(state.lessons, action) };
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
