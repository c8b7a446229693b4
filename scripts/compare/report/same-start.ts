/** Whether runs of one seed really began alike. */
import type { Learning, RunData } from '../types';
import { count, list } from '../words';
import { modesOf, runsOf } from './section';

/** Sentences on what equal seeds had in common before anything was learned. */
export function sameStart(learning: Learning): string[] {
  const modes = modesOf(learning);
  if (modes.length < 2) return [];
  const runs = modes.flatMap((mode) => runsOf(learning, mode));
  const seeds = [...new Set(runs.map(({ seed }) => seed))].filter(
    (seed) => runs.filter((run) => run.seed === seed).length > 1,
  );
  const unlike = seeds.filter((seed) => !alike(runs.filter((run) => run.seed === seed)));
  const all = `Modes ${list(modes)} start from the same policy and, with one seed, from the same random draws.`;
  if (seeds.length === 0) return [all];
  if (unlike.length === 0) {
    return [
      `${all} This was checked: in ${seeds.length === 1 ? 'the seed' : `each of ${count(seeds.length, 'seed')}`} that ` +
        'several modes share, their evaluations before the first step agree, and so do the rollouts of the first step ' +
        'of masked and rollout (mean reward and tokens).',
    ];
  }
  return [
    `${all} **This does not hold for ${unlike.length === 1 ? 'seed' : 'seeds'} ${list(unlike.map(String))}**: the runs' ` +
      'evaluations before the first step or their first rollouts differ, so they were made with different models, ' +
      'settings or devices, and their comparison below is to be taken with care.',
  ];
}

/** Values are equal up to what rounding on one device may do to a mean. */
function alike(runs: readonly RunData[]): boolean {
  const same = (values: readonly (number | undefined)[]) => {
    const there = values.filter((value) => value !== undefined);
    return there.every((value) => Math.abs(value - (there[0] as number)) < 1e-6);
  };
  const first = runs
    .filter(({ mode }) => mode !== 'simple')
    .map(({ steps }) => steps.find(({ step }) => step === 1));
  return (
    same(runs.map(({ evaluations }) => evaluations.find(({ step }) => step === 0)?.accuracy)) &&
    same(first.map((step) => step?.reward)) &&
    same(first.map((step) => step?.totalTokens))
  );
}
