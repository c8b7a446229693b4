import { verdictText, sideText } from '../../compare/conclusion';
import { number, percent } from '../../format';
import { EXAMPLE } from '../../example';
import { openTrajectory, type RunRecord, type State } from '../../state';
import { t } from '../../texts';
import { modeMask, mostTelling, trained } from '../../tokens';
import { maskComparison, shownRuns } from '../facts';
import type { Lesson } from '../types';

/** Masked and unmasked, the newest of each. */
function pair(state: State): readonly [RunRecord, RunRecord] | null {
  if (maskComparison(state) === null) return null;
  const [masked, unmasked] = (['masked', 'rollout'] as const).map((mode) =>
    shownRuns(state).findLast(({ settings }) => settings?.mode === mode),
  );
  return masked === undefined || unmasked === undefined ? null : [masked, unmasked];
}

const lastOf = (record: RunRecord, key: 'entropy' | 'kl'): number | null =>
  record.steps.findLast((step) => step[key] !== null)?.[key] ?? null;

/** Both sides of a measure; null where one has none. */
function both(state: State, key: 'entropy' | 'kl'): readonly [number, number] | null {
  const runs = pair(state);
  const [masked, unmasked] = runs === null ? [null, null] : [lastOf(runs[0], key), lastOf(runs[1], key)];
  return masked === null || unmasked === null ? null : [masked, unmasked];
}

/** Entropies closer than this are alike, in nats. */
const ALIKE = 0.1;

/** The conversation of the mask view, as that chooses it. */
function shares({ trajectories }: State): string[] {
  const latest = trajectories.batches.at(-1)?.items ?? [];
  const view = openTrajectory(trajectories) ?? mostTelling(latest) ?? EXAMPLE;
  const share = (mode: 'masked' | 'rollout'): string =>
    percent(trained(modeMask(view.source, mode)) / view.source.length);
  return [t.lessonMask.counted(share('masked'), share('rollout'))];
}

export const mask: Lesson = {
  id: 'mask',
  minutes: [8, 15],
  steps: [
    {
      words: () => t.lessonMask.steps.look,
      actions: [{ kind: 'view', view: 'mask' }],
      done: ({ view }) => view === 'mask',
      explain: (state) => (state.view === 'mask' ? shares(state) : []),
    },
    {
      words: () => t.lessonMask.steps.run,
      actions: [
        { kind: 'settings', environment: 'mail', preset: 'quick', edits: {} },
        { kind: 'compare', seeds: 1 },
      ],
      mark: '.compare',
      done: (state) => maskComparison(state) !== null,
      right: (state) => {
        const verdict = maskComparison(state)?.conclusion.verdict;
        return verdict === undefined ? null : verdict === 'ahead' ? 0 : verdict === 'behind' ? 1 : 2;
      },
      explain: (state) => {
        const comparison = maskComparison(state);
        if (comparison === null) return [];
        const { names, conclusion } = comparison;
        const [first, second] = conclusion.sides;
        return [verdictText(comparison), sideText(names[0], first), sideText(names[1], second)];
      },
    },
    {
      words: () => t.lessonMask.steps.inside,
      actions: [{ kind: 'view', view: 'compare' }],
      mark: '.compare .charts',
      done: (state) => state.view === 'compare' && both(state, 'entropy') !== null,
      right: (state) => {
        const entropy = both(state, 'entropy');
        if (entropy === null) return null;
        const [masked, unmasked] = entropy;
        return Math.abs(masked - unmasked) < ALIKE ? 2 : masked > unmasked ? 0 : 1;
      },
      explain: (state) => {
        const [entropy, kl] = [both(state, 'entropy'), both(state, 'kl')];
        if (entropy === null) return [];
        return [
          t.lessonMask.entropy(number(entropy[0], 2), number(entropy[1], 2)),
          ...(kl === null ? [] : [t.lessonMask.kl(number(kl[0], 2), number(kl[1], 2))]),
          t.lessonMask.why,
        ];
      },
    },
    {
      words: () => t.lessonMask.steps.limits,
      actions: [{ kind: 'compare', seeds: 3 }],
      mark: '.conclusion',
      done: (state) => (maskComparison(state)?.conclusion.seeds ?? 0) > 1,
      explain: (state) => {
        const comparison = maskComparison(state);
        if (comparison === null) return [];
        return [t.lessonMask.seeds(comparison.conclusion.seeds), verdictText(comparison)];
      },
    },
  ],
};
