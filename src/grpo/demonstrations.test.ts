import { describe, expect, it } from 'vitest';
import type { AssistantMessage, ChatMessage } from '../conversation/types';
import { idOf, WORDS } from '../../tests/support/bigram-policy';
import { ToyEpisode, toyChat, toyRun, toyTasks, withOutcome } from '../../tests/support/toy-run';
import { demonstrationsOf, playExperts } from './demonstrations';
import type { RolloutOptions } from './rollout';

const write = ({ content }: AssistantMessage) => [...toyChat.encode(content), idOf('<stop>')];
const words = (ids: readonly number[]) => ids.map((id) => WORDS[id]).join(' ');
const learned = ({ ids, lossMask }: { ids: readonly number[]; lossMask: Uint8Array }) => [
  words(ids),
  lossMask.join(''),
];
const say = (...contents: readonly string[]) =>
  contents.map((content): AssistantMessage => ({ role: 'assistant', content }));

describe('playExperts', () => {
  const options: RolloutOptions = {
    params: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
    maxTurns: 3,
    maxTokens: 4,
    maxSeqLength: 20,
  };
  const tasks = toyTasks(2, 't');
  const play = (
    expert: Parameters<typeof playExperts>[2],
    more: Partial<RolloutOptions> = {},
    start = (task: (typeof tasks)[number]) => new ToyEpisode(task) as ReturnType<typeof withOutcome>,
  ) => playExperts({ ...toyRun().deps, start }, tasks, expert, write, { ...options, ...more });

  it('makes sequences of which only what the expert wrote is learned, stop tokens included', async () => {
    const { demonstrations, failed } = await play(({ id }) =>
      id === 't0' ? say('search', 'good') : say('good'),
    );
    expect(demonstrations.map(learned)).toEqual([
      ['<start> q0 <first> search <stop> <tool> <next> good <stop>', '000110011'],
      ['<start> q1 <first> good <stop>', '00011'],
    ]);
    expect(failed).toEqual([]);
  });

  it('leaves out tasks that no expert knows and experts that do not succeed, and says why', async () => {
    const unknown = await play(({ id }) => (id === 't0' ? null : say('bad')));
    expect(unknown.demonstrations).toEqual([]);
    expect(unknown.failed).toEqual([
      { id: 't0', reason: 'no expert knows it' },
      { id: 't1', reason: 'its expert does not succeed (answered)' },
    ]);
  });

  it('leaves out an episode that does not fit, even where it would have no verdict', async () => {
    const cut = await play(() => say('search', 'good'), { maxSeqLength: 8 });
    expect(cut.demonstrations).toEqual([]);
    expect(cut.failed).toEqual(
      ['t0', 't1'].map((id) => ({
        id,
        reason: 'its episode does not fit maxSeqLength or maxTokens (out-of-context)',
      })),
    );
  });

  it('takes an episode of which the environment has no verdict', async () => {
    const { demonstrations } = await play(
      () => say('bad'),
      {},
      (task) => withOutcome(new ToyEpisode(task), (outcome) => ({ ...outcome, success: null })),
    );
    expect(demonstrations.map(({ ids }) => words(ids))).toEqual([
      '<start> q0 <first> bad <stop>',
      '<start> q1 <first> bad <stop>',
    ]);
  });
});

describe('demonstrationsOf', () => {
  const user = (content: string): ChatMessage => ({ role: 'user', content });
  const result: ChatMessage = { role: 'tool', name: 'search', tool_call_id: 'c', content: 'x' };
  const of = (messages: readonly ChatMessage[], trained: readonly number[], maxSeqLength = 50) =>
    demonstrationsOf({ messages, tools: [], trained }, toyChat, write, maxSeqLength).map(learned);

  it('is one sequence for every stretch between two messages of the user', () => {
    expect(of([user('q0'), ...say('good'), user('q1'), ...say('bad')], [1, 3])).toEqual([
      ['<start> q0 <first> good <stop>', '00011'],
      // Its prompt is what stands before it, which the toy's template writes by its first message alone.
      ['<start> q0 <first> bad <stop>', '00011'],
    ]);
  });

  it('goes on over tool results, which are not learned', () => {
    expect(of([user('q0'), ...say('search'), result, result, ...say('good')], [1, 4])).toEqual([
      ['<start> q0 <first> search <stop> <tool> <tool> <next> good <stop>', '0001100011'],
    ]);
  });

  it('writes what is not trained without learning it, and leaves out stretches with nothing to learn', () => {
    expect(
      of([user('q0'), ...say('search'), result, ...say('good'), user('q1'), ...say('bad')], [3]),
    ).toEqual([['<start> q0 <first> search <stop> <tool> <next> good <stop>', '000000011']]);
  });

  it('ends where results are the last, or two messages of the assistant meet', () => {
    expect(of([user('q0'), ...say('search'), result], [1])).toEqual([
      ['<start> q0 <first> search <stop>', '00011'],
    ]);
    expect(of([user('q0'), ...say('search', 'good')], [1, 2])).toEqual([
      ['<start> q0 <first> search <stop>', '00011'],
      ['<start> q0 <first> good <stop>', '00011'],
    ]);
  });

  it('takes a sequence of just maxSeqLength tokens, and none that is longer', () => {
    const conversation = [user('q0'), ...say('good')];
    expect(of(conversation, [1], 5)).toHaveLength(1);
    expect(of(conversation, [1], 4)).toEqual([]);
  });
});
