import { percent, integer } from '../../format';
import { openTrajectory, type State } from '../../state';
import { t } from '../../texts';
import { writtenIn, writtenInBatch } from '../facts';
import type { Lesson } from '../types';
import { onMail, question, showTrajectories, smallRun, TRAJECTORY_LIST } from './shared';

function counted(state: State): string[] {
  const written = onMail(state) ? writtenInBatch(state) : null;
  if (written === null) return [];
  const { model, prompt, tool, all } = written;
  return [
    t.lessonGiven.counted({
      ...{ model: integer(model), prompt: integer(prompt), tool: integer(tool), all: integer(all) },
      share: percent(model / all),
    }),
  ];
}

export const given: Lesson = {
  id: 'given',
  minutes: [5, 6],
  steps: [
    {
      words: () => t.lessonGiven.steps.predict,
      actions: smallRun(2),
      done: onMail,
      right: (state) => {
        const written = onMail(state) ? writtenInBatch(state) : null;
        if (written === null) return null;
        const share = written.model / written.all;
        return share < 0.35 ? 0 : share <= 0.65 ? 1 : 2;
      },
      explain: counted,
    },
    {
      words: () => t.lessonGiven.steps.look,
      actions: showTrajectories,
      mark: TRAJECTORY_LIST,
      done: ({ trajectories }) => openTrajectory(trajectories) !== null,
      explain: ({ trajectories }) => {
        const open = openTrajectory(trajectories);
        if (open === null) return [];
        const { model, tool, all } = writtenIn(open);
        return [t.lessonGiven.one({ model: integer(model), all: integer(all), tool: integer(tool) })];
      },
    },
    question(
      () => t.lessonGiven.steps.explain,
      1,
      () => [t.lessonGiven.why],
    ),
  ],
};
