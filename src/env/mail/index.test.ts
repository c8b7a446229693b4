/** The environment as it is opened: what a run gets of it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsOf, turnOf } from '../../../tests/support/environments';
import { Random } from '../../random/philox';
import type { TaskSource } from '../types';
import { mail } from './index';

const FOLDER = new URL('../../../public/datasets/mailgym-office/', import.meta.url);
const source: TaskSource = {
  name: 'mailgym-office',
  read: (path) => Promise.resolve(readFileSync(new URL(path, FOLDER))),
  list: () => Promise.resolve(null),
};

describe('an opened data set', () => {
  it('judges the expert right, and another answer wrong', async () => {
    const opened = await mail.open(source, { settings: settingsOf(mail), hints: {} });
    const task = opened.tasks.test.find(({ answer }) => answer !== "I don't know")!;
    const play = async (change: (args: object) => object) => {
      const episode = opened.start(task, new Random(1, 'test'));
      for (const { tool_calls: [call] = [] } of (await opened.expert?.(task)) ?? []) {
        const { name, arguments: args } = call!.function;
        const given = name === 'return_final_answer' ? change(args) : args;
        await episode.step(turnOf([name, given as never]), 4000);
      }
      return episode.outcome();
    };
    expect(await play((args) => args)).toMatchObject({ success: true, stopCondition: 'answered' });
    expect(await play((args) => ({ ...args, answer: 'Xyzzy' }))).toMatchObject({
      success: false,
      stopCondition: 'answered',
    });
    opened.close();
  });
});
