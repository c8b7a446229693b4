/** What happens at which step: learning rate, questions, evaluations. Pure functions of settings and step. */
import type { Question } from '../corpus/types';
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

/**
 * Questions of a step, 1-based: a window of `batchSize` that moves over epochs, each a seeded shuffle of all
 * questions. Depends on seed and step only, so any step can be repeated without those before it.
 */
export function questionsOfStep(
  questions: readonly Question[],
  step: number,
  settings: Pick<Settings, 'batchSize' | 'seed'>,
): Question[] {
  const order = new Map<number, Question[]>();
  return Array.from({ length: settings.batchSize }, (_, i) => {
    const cursor = (step - 1) * settings.batchSize + i;
    const epoch = Math.floor(cursor / questions.length);
    let shuffled = order.get(epoch);
    if (shuffled === undefined) {
      shuffled = new Random(settings.seed, 'questions', epoch).shuffle(questions);
      order.set(epoch, shuffled);
    }
    return shuffled[cursor % questions.length] as Question;
  });
}

/** Whether something done every `every` steps is due; 0 means never. */
export function isDue(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}
