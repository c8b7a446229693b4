/** Starting a run: afresh, or from a checkpoint of the same run. */
import type { RunStore } from '../stores/run-store';
import { taskText } from '../../conversation/text';
import type { Task } from '../../env/types';
import type { TrainablePolicy } from '../../engine/types';
import { defaultSettings, type SettingsSchema } from '../../settings/schema';
import type { Settings } from '../../settings/settings';
import {
  CONFIG_FILE,
  INDEX_FILE,
  json,
  METRICS_FILE,
  ROLLOUTS_FILE,
  type Checkpoints,
  type TrainerState,
} from './checkpoint';
import { recordsUpTo } from './records';
import { TrainingError } from '../../grpo/types';

/** Settings that may differ from those of the run that is resumed: they decide when it stops or saves, not what it learns. */
const FREE_TO_CHANGE = new Set<string>([
  'resume',
  'outputDir',
  'verbose',
  'saveSteps',
  'keepCheckpoints',
  'evalSteps',
  'evalTries',
  'saveRollouts',
  'targetAccuracy',
  'patience',
  'runBaselineEval',
] satisfies (keyof Settings)[]);

/** SHA-256, in hex, over ids, texts, answers and levels in order: tells whether two runs ask the same tasks. */
export async function tasksHash(tasks: readonly Task[]): Promise<string> {
  const lines = tasks
    .map((task) => JSON.stringify([task.id, taskText(task), task.answer, task.level]))
    .join('\n');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Names of settings whose values differ and may not, with both values. A setting that the older run does not know yet
 * counts as its default: defaults of new settings are chosen so that a run does what it did without them.
 */
export function differingSettings(
  before: Readonly<Partial<Settings>>,
  now: Settings,
  schema: SettingsSchema,
): string[] {
  const old: Readonly<Record<string, unknown>> = { ...defaultSettings(schema), ...before };
  const next: Readonly<Record<string, unknown>> = now;
  const free = new Set(FREE_TO_CHANGE);
  // The number of steps shapes a falling rate and a curriculum; without both it decides only where the run ends.
  const isSteady = (s: Readonly<Partial<Settings>>) => s.lrSchedule === 'constant' && s.curriculum === 'none';
  if (isSteady(now) && isSteady(before)) free.add('maxSteps');
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter((key) => !free.has(key) && JSON.stringify(old[key]) !== JSON.stringify(next[key]))
    .map((key) => `${key} (was ${JSON.stringify(old[key])}, now ${JSON.stringify(next[key])})`);
}

export interface Start {
  readonly state: TrainerState;
  /** True when a checkpoint was loaded. */
  readonly resumed: boolean;
  /** For the user: what was found and done. */
  readonly notes: readonly string[];
}

/**
 * Puts policy, index and metrics where the run begins. After resuming they are what they were after that step.
 * @throws TrainingError when the checkpoint belongs to a run with other settings or questions.
 */
export async function startRun(
  store: RunStore,
  checkpoints: Checkpoints,
  policy: TrainablePolicy,
  settings: Settings,
  schema: SettingsSchema,
  hashes: Pick<TrainerState, 'trainQuestionsHash' | 'evalQuestionsHash'>,
): Promise<Start> {
  const notes: string[] = [];
  if (settings.resume !== 'no') {
    const found = await checkpoints.open();
    const entry = settings.resume === 'best' ? (checkpoints.best ?? checkpoints.latest) : checkpoints.latest;
    if (found && entry !== null) {
      const { state, optimizer } = await checkpoints.load(entry);
      assertSameRun(state, settings, schema, hashes);
      policy.zeroGradient();
      policy.loadOptimizer(optimizer);
      await checkpoints.truncate(state.step);
      await checkpoints.repairBest();
      for (const file of [METRICS_FILE, ROLLOUTS_FILE]) await truncateRecords(store, file, state.step);
      if (settings.resume === 'best' && checkpoints.best === null) {
        notes.push('No evaluated checkpoint was found, so the latest one was taken instead of the best.');
      }
      await store.write(CONFIG_FILE, json(settings));
      notes.push(`Resumed from ${entry.path} (step ${state.step}).`);
      return { state: { ...state, settings }, resumed: true, notes };
    }
    notes.push(`There is no checkpoint to resume in ${settings.outputDir}: the run starts afresh.`);
  } else if ((await store.read(METRICS_FILE)) !== null || (await store.read(INDEX_FILE)) !== null) {
    notes.push(
      `${settings.outputDir} held an earlier run, which is replaced. To go on with one, set resume=latest.`,
    );
  }
  await checkpoints.clear();
  await store.write(CONFIG_FILE, json(settings));
  const state: TrainerState = {
    format: 1,
    step: 0,
    best: null,
    evalsWithoutImprovement: 0,
    lastEvaluation: null,
    baseline: null,
    ...hashes,
    settings,
    history: { file: METRICS_FILE, lines: 0 },
  };
  return { state, resumed: false, notes };
}

function assertSameRun(
  state: TrainerState,
  settings: Settings,
  schema: SettingsSchema,
  hashes: Pick<TrainerState, 'trainQuestionsHash' | 'evalQuestionsHash'>,
): void {
  const differing = differingSettings(state.settings, settings, schema);
  if (differing.length > 0) {
    throw new TrainingError(
      `The run in ${settings.outputDir} has other settings than asked for: ${differing.join('; ')}. ` +
        'Resume with the old values, or start afresh in another outputDir.',
    );
  }
  const lists = [
    ['training', state.trainQuestionsHash, hashes.trainQuestionsHash],
    ['validation', state.evalQuestionsHash, hashes.evalQuestionsHash],
  ].filter(([, before, now]) => before !== now);
  if (lists.length > 0) {
    throw new TrainingError(
      `The ${lists.map(([name]) => name).join(' and ')} questions of dataset "${settings.dataset}" differ from those ` +
        `of the run in ${settings.outputDir}. Restore the dataset, or start afresh in another outputDir.`,
    );
  }
}

/** Drops what a file has of steps after `step`, and what a crash left of a line. */
async function truncateRecords(store: RunStore, file: string, step: number): Promise<void> {
  const bytes = await store.read(file);
  if (bytes !== null) await store.write(file, recordsUpTo(bytes, step));
}
