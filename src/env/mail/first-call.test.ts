import { describe, expect, it } from 'vitest';
import { renderCall } from '../../chat/parse/hermes';
import { fakeMail, fakeQuestion, INBOX, say } from '../../../tests/support/mail';
import { Random } from '../../random/philox';
import { presetSettings } from '../settings';
import type { OpenedEnvironment, Task, TaskSource } from '../types';
import { datasetFiles } from './corpus/dataset';
import type { Dataset } from './corpus/types';
import { FirstCallEpisode } from './first-call';
import { mailFirstCall } from './first-call-environment';
import { mail } from './index';
import { mailInfo } from './info';
import type { RewardPreset } from './types';

const QUESTION = 'What is the budget of Falcon?';
const WHOLE = { messages: [{ role: 'user', content: QUESTION }], tools: [] } as const;
const search = (keywords: readonly string[]) => renderCall('search_emails', { keywords });

describe('FirstCallEpisode', () => {
  const start = (preset: RewardPreset = 'default') =>
    new FirstCallEpisode(fakeQuestion({ question: QUESTION }), preset, WHOLE);
  const played = (text: string, preset?: RewardPreset) => {
    const episode = start(preset);
    expect(say(episode, text)).toEqual({ results: [], done: true });
    return episode.outcome();
  };

  it('opens as the whole episode does', () => {
    const { messages, tools } = start();
    expect({ messages, tools }).toEqual(WHOLE);
  });

  it('ends with the first turn, pays its form alone, and has no verdict', () => {
    const outcome = played(search(['falcon', 'budget']));
    expect(outcome).toMatchObject({ stopCondition: 'out-of-turns', success: null, answer: null });
    expect(outcome.rewards['format']).toBeCloseTo(1, 12);
    expect(Object.keys(outcome.rewards)).toEqual(['format']);
    expect(outcome.turns).toHaveLength(1);
    expect(outcome.turns[0]).toMatchObject({
      calls: [{ id: 'call_0_0', name: 'search_emails' }],
      results: [],
    });
    // As the old mode simple had it: one turn, and not out of turns.
    expect(outcome.metrics).toMatchObject({ num_turns: 1, cant_parse_tool_call: 0, ran_out_of_turns: 0 });
    expect(Object.keys(outcome.metrics).sort()).toEqual(Object.keys(mailInfo.metrics).sort());
    expect(played(search(['eagle'])).rewards['format']).toBeCloseTo(0.7, 12);
    expect(played(renderCall('read_email', { message_id: 'm1' })).rewards['format']).toBeCloseTo(0.3, 12);
  });

  it.each(['The budget is 5.', '<tool_call>{bad</tool_call>'])('pays nothing for %j', (text) => {
    expect(played(text)).toMatchObject({
      ...{ stopCondition: 'unparsable', rewards: { format: 0 }, metrics: { cant_parse_tool_call: 1 } },
    });
  });

  it('values its turn as the preset does a turn whose tools did not run', () => {
    expect(played(search(['falcon'])).turnValues).toEqual([0]);
    expect(played('text').turnValues).toEqual([-2]);
    expect(played(search(['falcon']), 'seed').turnValues).toEqual([{ advantage: 0.3 }]);
    expect(played('text', 'seed').turnValues).toEqual([{ advantage: 1 }]);
  });

  it('is scored, with nothing, when the context ends before its turn does', () => {
    const episode = start();
    episode.truncate();
    expect(episode.outcome()).toMatchObject({
      turns: [],
      stopCondition: 'unparsable',
      rewards: { format: 0 },
    });
  });
});

describe('the environments of mail', () => {
  const DATASET: Dataset = {
    manifest: {
      ...{ name: 'tiny', title: 'Tiny', licence: 'CC0-1.0', seed: 1, emailFiles: ['emails.jsonl'] },
      splits: { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' },
      counts: { emails: 2, questions: { train: 1, validation: 0, test: 1 } },
    },
    emails: [
      fakeMail('m1', 'Heron', 'No.'),
      fakeMail('m2', 'Falcon budget', 'The budget of Falcon is $4,500.'),
    ],
    questions: { train: [fakeQuestion()], validation: [], test: [fakeQuestion({ id: 'q2' })] },
  };
  const files = datasetFiles(DATASET);
  const source: TaskSource = {
    name: 'tiny',
    read: (path) => Promise.resolve(new TextEncoder().encode(files.get(path) ?? '')),
    list: () => Promise.resolve([...files.keys()]),
  };
  const open = (environment: typeof mail, hints = {}): Promise<OpenedEnvironment> =>
    environment.open(source, { settings: presetSettings('default'), hints });
  const random = new Random(1, 'test');

  it('play whole episodes, or first turns, of the same tasks and openings', async () => {
    const [whole, first] = [await open(mail), await open(mailFirstCall)];
    expect(first.title).toBe('Tiny');
    expect(first.tasks).toEqual(whole.tasks);
    const [task] = whole.tasks.train as [Task];
    const [long, short] = [whole.start(task, random), first.start(task, random)];
    expect(short.messages).toEqual(long.messages);
    expect(short.tools).toEqual(long.tools);
    for (const episode of [short, whole.startFirstTurn?.(task, random)]) {
      expect(await episode?.step({ text: '', calls: [] }, 100)).toEqual({ results: [], done: true });
    }
    const call = { id: 'call_0_0', name: 'search_emails', arguments: { keywords: ['falcon'] } };
    expect(await long.step({ text: '', calls: [call] }, 4000)).toMatchObject({
      ...{ done: false, results: [{ callId: 'call_0_0', isError: false, data: { emailIds: ['m2'] } }] },
    });
    whole.close();
    first.close();
  });

  it("put questions as the model's folder wishes, where the settings leave it to it", async () => {
    const [full, compact] = [await open(mail), await open(mail, { promptStyle: 'compact' })];
    const opening = ({ tasks, start }: OpenedEnvironment) =>
      start(tasks.test[0] as Task, random).messages[0]?.content;
    expect(opening(compact)).toBe(`Inbox ${INBOX}. Today 2025-03-04.`);
    expect(opening(full)).toContain('turns');
    full.close();
    compact.close();
  });
});
