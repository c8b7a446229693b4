import { describe, expect, it } from 'vitest';
import { openEnvironment, textTurn } from '../../../tests/support/environments';
import { Random } from '../../random/philox';
import type { Outcome } from '../types';
import digit from '.';

const open = () => openEnvironment(digit, { evalDatasetSize: 40 });

async function judged(write: (answer: string) => string): Promise<Outcome> {
  const opened = await open();
  const task = opened.tasks.validation[0]!;
  const episode = opened.start(task, new Random(1, 'test'));
  await episode.step(textTurn(write(task.answer!)), 1000);
  return episode.outcome();
}

describe('the digit', () => {
  it('is right when it stands alone, and its reward counts every mention', async () => {
    const alone = { success: true, rewards: { mentions: 1, exact: 1 } };
    expect(await judged((answer) => `${answer} `)).toMatchObject(alone);
    const often = { success: false, rewards: { mentions: 5, exact: 0 } };
    expect(await judged((answer) => answer.repeat(5))).toMatchObject(often);
    expect(await judged(() => 'none')).toMatchObject({ success: false, rewards: { mentions: 0, exact: 0 } });
  });

  it('stands in every question, and the expert says it alone', async () => {
    const { tasks, expert } = await open();
    expect(tasks.validation).toHaveLength(40);
    for (const task of tasks.validation) {
      expect(task.prompt[0]!.content).toContain(`the digit ${task.answer}.`);
      expect(expert?.(task)).toMatchObject([{ role: 'assistant', content: task.answer }]);
    }
  });
});
