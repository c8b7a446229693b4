import { integer, number, percent, signed } from '../../format';
import type { State } from '../../state';
import { t } from '../../texts';
import { endedRun, groupsOf, openGroup } from '../facts';
import type { Lesson } from '../types';
import { onMail, question, smallRun, TRAJECTORY_LIST } from './shared';

/** Shares of groups that taught something: of six tries, and of two. */
function sizes(state: State): readonly [number, number] | null {
  const [six, two] = [6, 2].map((numGenerations) =>
    endedRun(state, { environment: 'mail', mode: 'masked', numGenerations }),
  );
  if (!six || !two) return null;
  const [large, small] = [groupsOf(six), groupsOf(two)];
  return [large.kept / large.all, small.kept / small.all];
}

/** Shares closer than this are about the same. */
const ALIKE = 0.05;

export const groups: Lesson = {
  id: 'groups',
  minutes: [8, 10],
  steps: [
    question(
      () => t.lessonGroups.steps.idea,
      1,
      () => [t.lessonGroups.example],
    ),
    {
      words: () => t.lessonGroups.steps.own,
      actions: [...smallRun(2), { kind: 'view', view: 'trajectories' }],
      mark: TRAJECTORY_LIST,
      done: (state) => onMail(state) && openGroup(state)?.kept === true,
      explain: (state) => {
        const group = onMail(state) ? openGroup(state) : null;
        if (group === null) return [];
        if (!group.kept) return [t.lessonGroups.dropped];
        return [
          t.lessonGroups.own({
            rewards: group.rewards.map((reward) => signed(reward, 2)),
            mean: signed(group.mean, 2),
            sd: number(group.sd, 2),
            reward: signed(group.reward, 2),
            advantage: signed(group.advantage, 2),
          }),
        ];
      },
    },
    question(
      () => t.lessonGroups.steps.alike,
      1,
      (state) => {
        const run = endedRun(state, { environment: 'mail' });
        if (run === null) return [t.lessonGroups.nothing];
        const { all, kept, right, wrong } = groupsOf(run);
        const of = { kept: integer(kept), all: integer(all), right: integer(right), wrong: integer(wrong) };
        return [t.lessonGroups.nothing, t.lessonGroups.kept(of)];
      },
    ),
    {
      words: () => t.lessonGroups.steps.size,
      actions: smallRun(2, { numGenerations: '2', batchSize: '12' }),
      done: (state) => sizes(state) !== null,
      right: (state) => {
        const found = sizes(state);
        if (found === null) return null;
        const [large, small] = found;
        return Math.abs(large - small) < ALIKE ? 1 : small < large ? 0 : 2;
      },
      explain: (state) => {
        const found = sizes(state);
        return found === null ? [] : [t.lessonGroups.compared(percent(found[0]), percent(found[1]))];
      },
    },
  ],
};
