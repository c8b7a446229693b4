/** The episode on the real full-text search: what the stand-in of the other tests cannot show. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEpisode } from './episode';
import { expertCalls } from './expert';
import { renderCall } from '../../chat/parse/hermes';
import { rewardFor } from './reward';
import { scoreAnswer } from './scorer';
import { fakeMail, fakeQuestion, say } from '../../../tests/support/mail';
import { createMailStore } from './corpus/store';
import type { MailStore } from './corpus/types';

let store: MailStore;
beforeAll(async () => {
  store = await createMailStore([
    fakeMail('m1', 'Falcon lunch', 'Soup at noon.', { date: Date.UTC(2025, 1, 1) }),
    fakeMail('m2', 'Falcon budget', 'The budget of Falcon is 4,500 dollars.', { date: Date.UTC(2025, 1, 2) }),
    fakeMail('m3', 'Falcon budget', 'Not yours.', { to: ['eve@acme.example'], from: 'eve@acme.example' }),
  ]);
});
afterAll(() => store.close());

function start() {
  return createEpisode({
    question: fakeQuestion(),
    store,
    maxTurns: 4,
    score: scoreAnswer,
  });
}

describe('an episode on the real store', () => {
  it('pays the expert in full', () => {
    const episode = start();
    const ends = expertCalls(episode.question).map(
      (call, turn) => say(episode, renderCall(call.name, call.arguments), 4000, turn).done,
    );
    expect(ends).toEqual([false, false, true]);
    expect(rewardFor('default')(episode.record, 4)).toBeCloseTo(2, 12);
    expect(rewardFor('seed')(episode.record, 4)).toBe(2);
  });

  it('searches the inbox of the question only, newest first', () => {
    const step = say(start(), renderCall('search_emails', { keywords: ['falcon'] }));
    expect(step.done).toBe(false);
    const content = step.results[0]?.content ?? '';
    expect((JSON.parse(content) as { message_id: string }[]).map((hit) => hit.message_id)).toEqual([
      'm2',
      'm1',
    ]);
    expect(content).toContain('<b>Falcon</b>');
  });

  it.each([[['']], [['?']], [Array<string>(40).fill('a')]])(
    'takes a refused search as bad arguments: %j',
    (keywords) => {
      const episode = start();
      expect(say(episode, renderCall('search_emails', { keywords })).done).toBe(true);
      expect(episode.record).toMatchObject({ endReason: 'bad-call', rubric: { bad_tool_call_args: true } });
    },
  );

  it('keeps operators of the search language out of it', () => {
    const episode = start();
    const text = renderCall('search_emails', { keywords: ['falcon" OR "budget', 'NOT'] });
    expect(say(episode, text).done).toBe(false);
    episode.truncate('out-of-context');
    expect(episode.record.rubric.num_zero_result_searches).toBe(1);
  });
});
