/** Who can answer in the Ask view, as options with keys and names. Pure. */
import type { AdapterChoice } from '../../workers/api';
import type { Settings } from '../settings/settings';
import { BEST_FOLDER, checkpointStep, FINAL_FOLDER, WARM_START_FOLDER } from '../report/run-files';
import type { StoredRun } from './runs';
import type { Answerer } from './ask-state';
import type { State } from './state';
import { t } from './texts';

export interface AnswererOption {
  /** Value of its option; the same for the same answerer. */
  readonly key: string;
  readonly label: string;
  readonly answerer: Answerer;
}

export const BARE: Answerer = { kind: 'bare' };
/** Key of an adapter that the visitor gives. */
export const UPLOAD = 'upload';

export function answererOptions(runs: readonly StoredRun[], model: string): AnswererOption[] {
  const stored = [...runs]
    .reverse()
    .flatMap(({ outputDir, adapters }) =>
      adapters.map((which): Answerer => ({ kind: 'stored', outputDir, which })),
    );
  return [BARE, ...stored].map((answerer) => ({
    key: answererKey(answerer),
    label: answererName(answerer, model),
    answerer,
  }));
}

/** The adapter as the worker wants it named or given. */
export function adapterOf(answerer: Answerer): AdapterChoice {
  switch (answerer.kind) {
    case 'bare':
      return null;
    case 'stored':
      return { outputDir: answerer.outputDir, which: answerer.which };
    case 'uploaded':
      return answerer.files;
  }
}

/**
 * Settings under which these answer: those of the run whose adapter answers, so that it answers as it was trained, and
 * the bare model beside it alike; the tasks are the page's.
 */
export function answerSettings(
  page: Settings,
  answerers: readonly Answerer[],
  { records }: Pick<State, 'records'>,
): Settings {
  const stored = answerers.find((answerer) => answerer.kind === 'stored');
  const run = records.find((record) => record.outputDir === stored?.outputDir)?.settings ?? null;
  if (run === null) return page;
  const { environment, dataset } = page;
  // Of a run in another environment, only the model fits these tasks.
  if (run.environment !== environment) return { ...page, model: run.model, baseWeights: run.baseWeights };
  return { ...run, dataset };
}

export function answererKey(answerer: Answerer): string {
  switch (answerer.kind) {
    case 'bare':
      return 'bare';
    case 'stored':
      return `${answerer.outputDir}/${answerer.which}`;
    case 'uploaded':
      return 'uploaded';
  }
}

/** @param model name of the model without its folder, or '' where it goes without saying */
export function answererName(answerer: Answerer, model = ''): string {
  switch (answerer.kind) {
    case 'bare':
      return t.ask.bareModel(model);
    case 'stored': {
      const folder = answerer.outputDir.split('/').at(-1) ?? answerer.outputDir;
      return t.ask.ofRun(folder, shortLabel(answerer.which));
    }
    case 'uploaded':
      return t.ask.uploaded(answerer.name);
  }
}

function shortLabel(which: string): string {
  const step = checkpointStep(which);
  if (step !== null) return t.ask.adapter.checkpoint(step);
  const known: Readonly<Record<string, string>> = {
    [BEST_FOLDER]: t.ask.adapter.best,
    [FINAL_FOLDER]: t.ask.adapter.final,
    [WARM_START_FOLDER]: t.ask.adapter.warmStart,
  };
  return known[which] ?? which;
}
