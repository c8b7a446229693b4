import { expect, it } from 'vitest';
import { WORDS } from '../../tests/support/bigram-policy';
import { toyChat, toyRun, toyTasks } from '../../tests/support/toy-run';
import { sampleStep } from './dynamic-sampling';
import { trajectoryViews } from './view';

it('shows the first trajectories with their tokens as text, and what became of each', async () => {
  const { deps, settings } = toyRun();
  const { trajectories } = await sampleStep(deps, toyTasks(10, 't'), 1, settings);
  const views = trajectoryViews(trajectories, toyChat, 5);
  expect(views).toHaveLength(5);
  views.forEach((view, i) => {
    const { task, outcome, ids, ...rest } = trajectories[i]!;
    expect(view.tokens).toEqual(ids.map((id) => WORDS[id]));
    expect(view).toMatchObject({
      ...{ questionId: task.id, question: task.prompt[0]?.content, goldAnswer: 'good' },
      ...{ answer: outcome.answer, correct: outcome.success, endReason: outcome.stopCondition },
      turns: outcome.turns,
      ...{ group: rest.group, rollout: rest.rollout, reward: rest.reward, advantage: rest.advantage },
      ...{ kept: rest.kept, source: rest.source, lossMask: rest.lossMask, logprobs: rest.logprobs },
      tokenAdvantages: rest.tokenAdvantages,
    });
  });
  expect(trajectoryViews(trajectories, toyChat, 1e9)).toHaveLength(trajectories.length);
});
