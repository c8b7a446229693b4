/** What happens at which step: learning rate, questions, evaluations. Pure functions of settings and step. */
import type { Task } from '../env/types';
import { Random } from '../random/philox';
import type { Settings } from '../settings/settings';

/** Share of the peak that `linear` and `cosine` end at. */
const FINAL_SHARE = 0.1;

/** Learning rate of a step, 1-based: rises in equal parts over the warm-up, then falls to 10 % at the last step. */
export function learningRateAt(
  step: number,
  settings: Pick<Settings, 'learningRate' | 'lrSchedule' | 'warmupSteps' | 'maxSteps'>,
): number {
  const { learningRate, lrSchedule, warmupSteps, maxSteps } = settings;
  if (step < warmupSteps) return (learningRate * step) / warmupSteps;
  const start = Math.max(1, warmupSteps);
  const progress = maxSteps > start ? Math.min(1, (step - start) / (maxSteps - start)) : 0;
  switch (lrSchedule) {
    case 'constant':
      return learningRate;
    case 'linear':
      return learningRate * (1 - (1 - FINAL_SHARE) * progress);
    case 'cosine':
      return learningRate * (FINAL_SHARE + ((1 - FINAL_SHARE) * (1 + Math.cos(Math.PI * progress))) / 2);
  }
}

/** The settings that decide which questions a step asks. */
export type TaskSettings = Pick<
  Settings,
  'batchSize' | 'seed' | 'maxSteps' | 'curriculum' | 'curriculumShare' | 'dynamicSampling'
>;

/**
 * Questions of a step, 1-based: a window of `batchSize` that moves over epochs, each a seeded shuffle of the questions
 * that the curriculum has opened. Depends on settings and step only, so any step can be repeated without those before.
 */
export function tasksOfStep(tasks: readonly Task[], step: number, settings: TaskSettings): Task[] {
  const stage = stageOfStep(tasks, step, settings);
  const order = new Map<number, Task[]>();
  return Array.from({ length: settings.batchSize }, (_, i) => {
    const cursor = (step - stage.firstStep) * settings.batchSize + i;
    const epoch = Math.floor(cursor / stage.tasks.length);
    let shuffled = order.get(epoch);
    if (shuffled === undefined) {
      shuffled = new Random(settings.seed, 'questions', epoch, stage.index).shuffle(stage.tasks);
      order.set(epoch, shuffled);
    }
    return shuffled[cursor % stage.tasks.length] as Task;
  });
}

/**
 * Questions that dynamic sampling may ask in a step beyond its own, in order: at most `dynamicSampling`, none twice.
 *
 * They come from a shuffle per step and leave the window of {@link tasksOfStep} where it is. Were they taken from
 * that window instead, the questions of a step would depend on how all steps before it went: two modes with one seed
 * would part ways, and a checkpoint would have to carry a cursor. The price is that a question may be asked more than
 * once per epoch.
 */
export function extraTasksOfStep(tasks: readonly Task[], step: number, settings: TaskSettings): Task[] {
  const own = new Set(tasksOfStep(tasks, step, settings));
  const others = stageOfStep(tasks, step, settings).tasks.filter((task) => !own.has(task));
  return new Random(settings.seed, 'extra-questions', step)
    .shuffle(others)
    .slice(0, settings.dynamicSampling);
}

/** A stretch of steps that draws from the same questions. */
interface Stage {
  readonly index: number;
  /** 1-based. */
  readonly firstStep: number;
  readonly tasks: readonly Task[];
}

/**
 * `easy-first` opens the levels that occur one by one, evenly: the j-th of k (from 0) after j/(k - 1) of the first
 * `curriculumShare` of the steps. Opened levels stay open.
 */
function stageOfStep(tasks: readonly Task[], step: number, settings: TaskSettings): Stage {
  switch (settings.curriculum) {
    case 'none':
      return { index: 0, firstStep: 1, tasks };
    case 'easy-first': {
      const levels = [...new Set(tasks.map(({ level }) => level))].sort((a, b) => a - b);
      const opening = settings.curriculumShare * settings.maxSteps;
      const firstSteps = levels.map((_, j) => 1 + Math.floor((j * opening) / Math.max(1, levels.length - 1)));
      const index = firstSteps.findLastIndex((first) => first <= step);
      const hardest = levels[index] as number;
      return {
        index,
        firstStep: firstSteps[index] as number,
        tasks: tasks.filter(({ level }) => level <= hardest),
      };
    }
  }
}

/** Whether something done every `every` steps is due; 0 means never. */
export function isDue(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}
