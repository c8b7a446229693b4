/** Starting a run: afresh, or from a checkpoint of the same run. */
import { BESIDE_LEARNING, OF_SAVING } from '../../settings/beside';
import type { RunStore } from '../stores/run-store';
import { taskText } from '../../conversation/text';
import type { Task } from '../../env/types';
import type { TrainablePolicy } from '../../engine/types';
import { defaultSettings, type SettingsSchema } from '../../settings/schema';
import type { Settings } from '../../settings/settings';
import {
  BEST_FOLDER,
  checkpointName,
  CONFIG_FILE,
  METRICS_FILE,
  GROWING_FILES,
} from '../../report/run-files';
import { Checkpoints } from '../folder/checkpoints';
import type { Checkpoint, TrainerState } from '../folder/checkpoint-files';
import { damageOf, sha256 } from '../folder/checksum';
import { json } from '../folder/json';
import { openForNewRun, openForResume, type OpenedFolder } from '../folder/open-folder';
import type { RunFolder } from '../folder/run-folder';
import { shownOf, tellEnglish } from '../../errors';
import { TrainingError } from '../../errors/training';
import { damageWords } from '../../errors/texts/en/damage';
import type { ChangedSetting } from '../../errors/texts/en/training/resume';
import { recordsUpTo } from './records';

/** Settings that may differ from those of the run that is resumed: they decide when it stops or saves, not what it learns. */
const FREE_TO_CHANGE = new Set<string>([
  ...BESIDE_LEARNING,
  ...OF_SAVING,
  'evalSteps',
  'evalTries',
  'saveRollouts',
  'targetAccuracy',
  'patience',
  'maxSkippedUpdates',
  'runBaselineEval',
  'cacheMegabytes',
] satisfies (keyof Settings)[]);

/** SHA-256, in hex, over ids, texts, answers and levels in order: tells whether two runs ask the same tasks. */
export async function tasksHash(tasks: readonly Task[]): Promise<string> {
  const lines = tasks
    .map((task) => JSON.stringify([task.id, taskText(task), task.answer, task.level]))
    .join('\n');
  return sha256(new TextEncoder().encode(lines));
}

/**
 * Settings whose values differ and may not. A setting that the older run does not know yet
 * counts as its default: defaults of new settings are chosen so that a run does what it did without them.
 */
export function differingSettings(
  before: Readonly<Partial<Settings>>,
  now: Settings,
  schema: SettingsSchema,
): ChangedSetting[] {
  // Before there was a choice, weights were kept as f32; what `auto` has become is in the settings of a run.
  const defaults = { ...defaultSettings(schema), baseWeights: 'f32' };
  const old: Readonly<Record<string, unknown>> = { ...defaults, ...before };
  const next: Readonly<Record<string, unknown>> = { ...defaultSettings(schema), ...now };
  const free = new Set(FREE_TO_CHANGE);
  // The number of steps shapes a falling rate and a curriculum; without both it decides only where the run ends.
  const isSteady = (s: Readonly<Partial<Settings>>) => s.lrSchedule === 'constant' && s.curriculum === 'none';
  if (isSteady(now) && isSteady(before)) free.add('maxSteps');
  return [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter((key) => !free.has(key) && JSON.stringify(old[key]) !== JSON.stringify(next[key]))
    .map((name) => ({ name, was: shownOf(old[name], Infinity), now: shownOf(next[name], Infinity) }));
}

export interface FoundStart {
  readonly opened: OpenedFolder;
  readonly checkpoints: Checkpoints;
  /** Where the run goes on; null for a run from the first step. */
  readonly checkpoint: Checkpoint | null;
}

/**
 * What a run would begin with. Changes nothing, so it can also be asked before a model is loaded.
 * @throws TrainingError when the checkpoint is damaged or not there
 * @throws StorageError when the folder holds what a run must not touch
 */
export async function findStart(
  store: RunStore,
  { resume, outputDir }: Pick<Settings, 'resume' | 'outputDir'>,
): Promise<FoundStart> {
  if (resume === 'no') {
    const opened = await openForNewRun(store, outputDir);
    return { opened, checkpoints: new Checkpoints(opened.folder), checkpoint: null };
  }
  const opened = await openForResume(store, outputDir);
  const checkpoints = new Checkpoints(opened.folder);
  const entry = checkpoints.choose(resume);
  return { opened, checkpoints, checkpoint: entry === null ? null : await checkpoints.load(entry) };
}

/** What the run's tasks are known by. */
type Hashes = Pick<TrainerState, 'trainQuestionsHash' | 'evalQuestionsHash' | 'environmentHash'>;

export interface Start {
  readonly state: TrainerState;
  readonly checkpoints: Checkpoints;
  /** True when a checkpoint was loaded. */
  readonly resumed: boolean;
  /** For the user: what was found and done. */
  readonly notes: readonly string[];
}

/**
 * Puts policy, index and metrics where the run begins. After resuming they are what they were after that step.
 * @throws TrainingError, StorageError as {@link findStart}; TrainingError also when the checkpoint belongs to a run with
 *   other settings or questions
 */
export async function startRun(
  store: RunStore,
  policy: TrainablePolicy,
  settings: Settings,
  schema: SettingsSchema,
  hashes: Hashes,
): Promise<Start> {
  const { resume, outputDir } = settings;
  const { opened, checkpoints, checkpoint } = await findStart(store, settings);
  const { folder } = opened;
  const notes = [...opened.notes];
  if (checkpoint !== null) {
    const { state, optimizer } = checkpoint;
    assertSameRun(state, settings, schema, hashes);
    policy.zeroGradient();
    policy.loadOptimizer(optimizer);
    await checkpoints.goOnFrom(state);
    for (const file of GROWING_FILES) notes.push(...(await cutLines(folder, file, state.step)));
    if (await checkpoints.repairBest()) notes.push(`${BEST_FOLDER} is copied again from its checkpoint.`);
    if (resume === 'best' && checkpoints.best === null) {
      notes.push('No evaluated checkpoint was found, so the latest one was taken instead of the best.');
    }
    await folder.write(CONFIG_FILE, json(settings));
    await folder.commit();
    notes.push(`Resumed from ${checkpointName(state.step)} (step ${state.step}).`);
    return { state: { ...state, settings }, checkpoints, resumed: true, notes };
  }
  if (resume !== 'no') {
    notes.push(`There is no checkpoint to resume in ${outputDir}: the run starts afresh.`);
  } else if (opened.isUsed) {
    notes.push(`${outputDir} held an earlier run, which is replaced. To go on with one, set resume=latest.`);
  }
  await folder.clear();
  await folder.write(CONFIG_FILE, json(settings));
  await folder.commit();
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
  return { state, checkpoints, resumed: false, notes };
}

function assertSameRun(
  state: TrainerState,
  settings: Settings,
  schema: SettingsSchema,
  hashes: Hashes,
): void {
  const differing = differingSettings(state.settings, settings, schema);
  if (differing.length > 0) {
    throw TrainingError.of('training/other-settings', { folder: settings.outputDir, changed: differing });
  }
  const { environmentHash: before } = state;
  if (before !== undefined && hashes.environmentHash !== undefined && before !== hashes.environmentHash) {
    throw TrainingError.of('training/other-environment', {
      environment: settings.environment,
      folder: settings.outputDir,
    });
  }
  const lists = [
    { list: 'training', before: state.trainQuestionsHash, now: hashes.trainQuestionsHash } as const,
    { list: 'validation', before: state.evalQuestionsHash, now: hashes.evalQuestionsHash } as const,
  ].flatMap(({ list, before, now }) => (before === now ? [] : [list]));
  if (lists.length > 0) {
    throw TrainingError.of('training/other-questions', {
      lists,
      dataset: settings.dataset,
      folder: settings.outputDir,
    });
  }
}

/** Drops the records of steps after `step`, and what a crash left of a line. Answers what the user should know. */
async function cutLines(folder: RunFolder, file: string, step: number): Promise<string[]> {
  if (!folder.files.has(file) && (await folder.read(file)) === null) return [];
  const bytes = (await folder.read(file)) ?? new Uint8Array();
  const record = folder.files.get(file) ?? null;
  const damage = record === null ? null : await damageOf(bytes.subarray(0, record.bytes), record);
  const cut = recordsUpTo(bytes, step);
  // Equal length is equal content: lines were only left out.
  if (cut.length !== bytes.length || damage !== null) await folder.write(file, cut);
  return damage === null
    ? []
    : [
        `${file} was damaged (it ${damageWords(damage, tellEnglish)}); what can be read of it is kept, curves may have gaps.`,
      ];
}
