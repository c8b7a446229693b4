import { describe, expect, it } from 'vitest';
import { createEpisode, episodeRules, type EpisodeOptions } from './episode';
import { renderCall } from '../../chat/parse/hermes';
import { fakeMail, fakeQuestion, fakeStore, playTexts, say, toolMessages } from '../../../tests/support/mail';
import { AgentError, emailIdsOf, type EpisodeOutcome } from './types';
import { searchKeyOf } from './search-history';
import { type ToolResult } from '../../conversation/types';

const MAILS = [
  fakeMail('m3', 'Falcon lunch', 'Pizza?'),
  fakeMail('m2', 'Falcon budget', 'The budget is $4,500.'),
  fakeMail('m1', 'Heron', 'Nothing.'),
];

function start(more: Partial<EpisodeOptions> = {}) {
  const store = fakeStore(MAILS);
  const episode = createEpisode({
    question: fakeQuestion(),
    store,
    maxTurns: 4,
    score: (question, answer) => answer === question.answer,
    ...more,
  });
  return { episode, store };
}

/** Plays the texts until the episode ends; cuts it when they run out first. */
function play(texts: readonly string[], more: Partial<EpisodeOptions> = {}, budget = 4000): EpisodeOutcome {
  return playTexts(start(more).episode, texts, more.maxTurns ?? 4, budget);
}

const search = (keywords: unknown, more: Record<string, unknown> = {}): string =>
  renderCall('search_emails', { keywords, ...more });
const read = (id: unknown): string => renderCall('read_email', { message_id: id });
const answer = (text: unknown, sources: unknown = []): string =>
  renderCall('return_final_answer', { answer: text, source_message_ids: sources });
const IDK = answer("I don't know");

describe('a perfect episode', () => {
  const outcome = play([search(['Falcon', 'budget']), read('m2'), answer('$4,500', ['m2'])]);

  it('fills the rubric', () => {
    expect(outcome.endReason).toBe('answered');
    expect(outcome.answer).toBe('$4,500');
    expect(outcome.rubric).toEqual({
      answer_correct: true,
      sources_correct: true,
      num_turns: 3,
      attempted_answer: true,
      ever_found_right_email: true,
      ever_read_right_email: true,
      cant_parse_tool_call: false,
      bad_tool_call_name: false,
      bad_tool_call_args: false,
      ran_out_of_turns: false,
      returned_i_dont_know: false,
      num_sources: 1,
      ever_tried_to_read_invalid_email: false,
      num_repeated_searches: 0,
      num_zero_result_searches: 0,
      repeated_zero_result_search: false,
      num_unique_searches: 1,
      num_total_searches: 1,
      num_retry_after_zero: 0,
      gave_up_too_early: false,
    });
  });

  it('keeps the turns with results matched by id', () => {
    expect(outcome.turns.map((turn) => turn.calls.map((call) => call.id))).toEqual([
      ['call_0_0'],
      ['call_1_0'],
      ['call_2_0'],
    ]);
    expect(
      outcome.turns.map((turn) => turn.results.map((result) => [result.callId, emailIdsOf(result)])),
    ).toEqual([[['call_0_0', ['m2']]], [['call_1_0', ['m2']]], [['call_2_0', []]]]);
  });
});

describe('what the policy is told', () => {
  it('gets one tool message per call, in order', () => {
    const { episode, store } = start({ maxResults: 3, snippetMarks: false });
    const step = say(episode, `Both. ${search(['Falcon'], { max_results: 8 })}${read('m9')}`);
    expect(step.done).toBe(false);
    expect(toolMessages(step)).toEqual([
      {
        role: 'tool',
        name: 'search_emails',
        tool_call_id: 'call_0_0',
        content:
          '[{"message_id":"m3","snippet":"Falcon lunch"},{"message_id":"m2","snippet":"Falcon budget"}]',
      },
      {
        role: 'tool',
        name: 'read_email',
        tool_call_id: 'call_0_1',
        content: '{"error":"No mail has the id \\"m9\\"."}',
      },
    ]);
    expect(store.queries).toEqual([{ keywords: ['Falcon'], inbox: 'ann@acme.example', maxResults: 3 }]);
  });

  it('opens with the chosen prompt style', () => {
    expect(start({ promptStyle: 'compact' }).episode.messages[0]?.content).toBe(
      'Inbox ann@acme.example. Today 2025-03-04.',
    );
    expect(start().episode.messages[0]?.content).toContain('4 turns');
  });
});

describe('endings', () => {
  it.each([
    ['The budget is $4,500.', {}],
    ['', {}],
    ['<tool_call>{bad</tool_call>', { broken: [{ id: 'call_0_0', name: '' }] }],
  ])('text without a call: %j', (text, facts) => {
    const { endReason, rubric, turns } = play([text]);
    expect(endReason).toBe('unparsable');
    expect(rubric).toMatchObject({ cant_parse_tool_call: true, num_turns: 1, ran_out_of_turns: false });
    expect(turns).toEqual([{ text, calls: [], results: [], ...facts }]);
  });

  it('a broken call is told to the policy where bad calls are, and a good one beside it runs', () => {
    const { endReason, rubric, turns } = play(
      [
        `<tool_call>{"name":"read_email","argum</tool_call>`,
        `${read('m1')}<tool_call>{bad</tool_call>`,
        'Text.',
      ],
      { toolErrors: 'message' },
    );
    expect(rubric).toMatchObject({ bad_tool_call_args: true, cant_parse_tool_call: true });
    expect(endReason).toBe('unparsable');
    expect(turns[0]?.results).toMatchObject([
      { callId: 'call_0_0', name: 'read_email', isError: true, refused: 'broken' },
    ]);
    expect(turns[1]?.results.map(({ refused }) => refused)).toEqual([undefined, 'broken']);
  });

  it('broken calls share the budget of their turn, and are no mail', () => {
    const { episode } = start({ toolErrors: 'message' });
    const { results, done } = say(episode, '<tool_call>{bad</tool_call><tool_call>{worse</tool_call>', 50);
    expect(done).toBe(false);
    expect(results.map(({ content }) => content)).toEqual([
      '{"error":"The call is no complete JSON."}',
      '{}',
    ]);
    expect(results.map(({ data }) => data)).toEqual([{ emailIds: [] }, { emailIds: [] }]);
    expect(() => episode.record).toThrow(/running/);
  });

  it('a broken call beside good ones changes nothing where bad calls end the episode', () => {
    const alone = play([read('m1'), 'Text.']);
    const beside = play([`${read('m1')}<tool_call>{bad</tool_call>`, 'Text.']);
    expect(beside.rubric).toEqual(alone.rubric);
    expect(beside.turns[0]?.results).toEqual(alone.turns[0]?.results);
  });

  it.each([
    ['unknown tool', renderCall('send_email', {}), 'bad_tool_call_name'],
    ['no name', '<tool_call>{"arguments":{}}</tool_call>', 'bad_tool_call_name'],
    ['inherited name', renderCall('toString', {}), 'bad_tool_call_name'],
    ['keywords as text', search('budget'), 'bad_tool_call_args'],
    ['message id as number', read(2), 'bad_tool_call_args'],
    [
      'arguments not JSON',
      '<tool_call>{"name":"read_email","arguments":"{"}</tool_call>',
      'bad_tool_call_args',
    ],
    ['search the store refuses', search([' ']), 'bad_tool_call_args'],
    ['answer missing', renderCall('return_final_answer', {}), 'bad_tool_call_args'],
  ] as const)('bad call: %s', (_what, text, flag) => {
    const { endReason, rubric, turns } = play([`${text}${read('m2')}`]);
    expect(endReason).toBe('bad-call');
    expect(rubric[flag]).toBe(true);
    expect([rubric.bad_tool_call_args, rubric.bad_tool_call_name, rubric.cant_parse_tool_call]).toEqual([
      flag === 'bad_tool_call_args',
      flag === 'bad_tool_call_name',
      false,
    ]);
    // The call after it is kept but not run.
    expect(turns[0]?.calls).toHaveLength(2);
    expect(turns[0]?.results).toHaveLength(1);
    expect(turns[0]?.results[0]?.isError).toBe(true);
    expect(rubric.ever_read_right_email).toBe(false);
  });

  it('goes on after a bad call when errors are messages', () => {
    const { episode } = start({ toolErrors: 'message' });
    const step = say(episode, `${search('budget')}${read('m2')}`);
    expect(step.done).toBe(false);
    expect(step.results.map(({ content }) => content.slice(0, 12))).toEqual(['{"error":"se', '{"message_id']);
    expect(say(episode, answer('$4,500', ['m2']), 4000, 1).done).toBe(true);
    expect(episode.record.rubric).toMatchObject({
      bad_tool_call_args: true,
      answer_correct: true,
      ever_read_right_email: true,
    });
  });

  it('an unknown message id only sets a flag', () => {
    const { endReason, rubric } = play([read('m99'), read('m2'), answer('$4,500')]);
    expect(endReason).toBe('answered');
    expect(rubric).toMatchObject({ ever_tried_to_read_invalid_email: true, ever_read_right_email: true });
  });

  it('does not run calls after the final answer', () => {
    const { episode, store } = start();
    const step = say(episode, `${answer('x')}${search(['Falcon'])}`);
    expect(step.done).toBe(true);
    expect(step.results).toHaveLength(1);
    expect(store.queries).toEqual([]);
    expect(episode.record.rubric.num_total_searches).toBe(0);
  });

  it('runs out of turns', () => {
    const { endReason, rubric } = play(Array<string>(9).fill(search(['Falcon'])));
    expect(endReason).toBe('out-of-turns');
    expect(rubric).toMatchObject({ num_turns: 4, ran_out_of_turns: true, num_total_searches: 4 });
  });

  it('"I don\'t know" on the last turn counts as out of turns, before it as giving up', () => {
    const last = play([search(['Falcon']), IDK], { maxTurns: 2 });
    expect(last.endReason).toBe('answered');
    expect(last.rubric).toMatchObject({
      returned_i_dont_know: true,
      ran_out_of_turns: true,
      gave_up_too_early: false,
      attempted_answer: false,
    });
    expect(play([IDK]).rubric).toMatchObject({ ran_out_of_turns: false, gave_up_too_early: true });
    expect(play([answer('x')], { maxTurns: 1 }).rubric.ran_out_of_turns).toBe(false);
    expect(play(['text'], { maxTurns: 1 }).rubric.ran_out_of_turns).toBe(true);
  });

  it('can be cut once, when the context is full', () => {
    const { episode } = start();
    say(episode, search(['Falcon']));
    expect(() => episode.outcome()).toThrow(AgentError);
    expect(() => episode.record).toThrow(AgentError);
    episode.truncate('out-of-context');
    expect(episode.record).toMatchObject({ endReason: 'out-of-context', answer: null });
    expect(episode.record.rubric.ran_out_of_turns).toBe(false);
    expect(() => episode.truncate('out-of-context')).toThrow(
      expect.objectContaining({
        code: 'agent/ended',
        params: { call: 'truncate', question: 'q1', reason: 'out-of-context' },
      }) as Error,
    );
    expect(() => say(episode, '')).toThrow(/has ended/);
  });
});

describe('the final answer', () => {
  it.each([
    ['cited', ['m2'], 1, true],
    ['cited among others', ['m9', 'm2'], 2, true],
    ['cited wrongly', ['m1'], 1, false],
    ['no list', 'm2', 0, false],
    ['odd items', [2, 'm2'], 2, true],
  ])('%s', (_what, sources, count, correct) => {
    expect(play([answer('x', sources)]).rubric).toMatchObject({
      num_sources: count,
      sources_correct: correct,
    });
  });

  it('a scorer that throws makes the episode unscorable', () => {
    const outcome = play([answer('$4,500', ['m2'])], {
      score: () => {
        throw new Error('judge is away');
      },
    });
    expect(outcome.endReason).toBe('unscorable');
    expect(outcome.answer).toBe('$4,500');
    expect(outcome.rubric).toMatchObject({
      attempted_answer: true,
      answer_correct: false,
      cant_parse_tool_call: false,
    });
  });

  it('abstention follows the rule', () => {
    const dotted = answer('I don’t know.');
    expect(play([dotted]).rubric).toMatchObject({ returned_i_dont_know: true, attempted_answer: false });
    expect(play([dotted], { abstention: 'exact' }).rubric).toMatchObject({
      returned_i_dont_know: false,
      attempted_answer: true,
    });
  });

  it('abstaining is right exactly when the question cannot be answered', () => {
    const unanswerable = fakeQuestion({ answer: "I don't know", emailIds: [] });
    expect(play([IDK], { question: unanswerable }).rubric.answer_correct).toBe(true);
    expect(play([IDK]).rubric.answer_correct).toBe(false);
    expect(play([IDK], { question: fakeQuestion({ emailIds: [] }) }).rubric.answer_correct).toBe(false);
  });

  it('abstaining may repeat the question', () => {
    const question = fakeQuestion({ question: 'When is the meeting?' });
    const unsure = answer("I don't know when the meeting is");
    expect(play([unsure], { question }).rubric).toMatchObject({ returned_i_dont_know: true });
    expect(play([unsure], { question, abstention: 'exact' }).rubric).toMatchObject({
      attempted_answer: true,
    });
  });

  it.each(['Unknown', 'Not available', 'No results'])(
    '%s is an answer where it is the gold answer',
    (gold) => {
      const question = fakeQuestion({ answer: gold });
      expect(play([answer(gold, ['m2'])], { question }).rubric).toMatchObject({
        attempted_answer: true,
        answer_correct: true,
      });
      expect(play([IDK], { question }).rubric).toMatchObject({ answer_correct: false });
      expect(play([answer(gold)]).rubric).toMatchObject({ returned_i_dont_know: true });
    },
  );

  it('without a scorer nothing is right', () => {
    const episode = createEpisode({
      question: fakeQuestion(),
      store: fakeStore(MAILS),
      maxTurns: 2,
    });
    expect(say(episode, answer('$4,500'), 100).results).toMatchObject([{ content: '{}', isError: false }]);
    expect(episode.record.endReason).toBe('answered');
    expect(episode.record.rubric).toMatchObject({ attempted_answer: true, answer_correct: false });
  });
});

it('only results that tell of mail have ids of it', () => {
  const result = { callId: 'c', name: 'search_emails', content: '[]', isError: false, truncated: false };
  expect(emailIdsOf(result)).toEqual([]);
  expect(emailIdsOf({ ...result, data: { emailIds: 'm1' } })).toEqual([]);
  expect(emailIdsOf({ ...result, data: { emailIds: ['m1'] } })).toEqual(['m1']);
});

describe('searchKeyOf', () => {
  it.each(['seed', 'full'] as const)('takes an empty address for none in %s', (kind) => {
    const none = searchKeyOf({ keywords: ['a'] }, kind);
    expect(searchKeyOf({ keywords: ['a'], fromAddr: '', toAddr: '' }, kind)).toBe(none);
    const others = [{ fromAddr: 'x@y' }, { toAddr: 'x@y' }].map((more) =>
      searchKeyOf({ keywords: ['a'], ...more }, kind),
    );
    expect(new Set([none, ...others]).size).toBe(3);
  });
});

it('an episode in which nothing has happened has no count and no flag', () => {
  const { episode } = start();
  episode.truncate('out-of-context');
  expect(Object.values(episode.record.rubric).every((value) => Number(value) === 0)).toBe(true);
});

describe('search bookkeeping', () => {
  const counters = (texts: readonly string[], more: Partial<EpisodeOptions> = {}) => {
    const { rubric } = play(texts, { maxTurns: 20, ...more });
    return [
      rubric.num_total_searches,
      rubric.num_unique_searches,
      rubric.num_repeated_searches,
      rubric.num_zero_result_searches,
      rubric.num_retry_after_zero,
      rubric.repeated_zero_result_search,
    ];
  };

  it.each([
    // total, unique, repeated, zero, retry after zero, zero search repeated
    ['order of keywords', [search(['alpha', 'beta']), search(['beta', 'alpha'])], [2, 1, 1, 2, 0, true]],
    ['hit repeated', [search(['Falcon']), search(['Falcon'])], [2, 1, 1, 0, 0, false]],
    ['new after zero', [search(['zeta']), search(['Falcon'])], [2, 2, 0, 1, 1, false]],
    [
      'new after zero, zero again',
      [search(['zeta']), search(['iota']), search(['kappa'])],
      [3, 3, 0, 3, 2, false],
    ],
    [
      'repeat after zero is no retry',
      [search(['Falcon']), search(['zeta']), search(['Falcon'])],
      [3, 2, 1, 1, 0, false],
    ],
    ['address differs', [search(['alpha']), search(['alpha'], { from_addr: 'x@y' })], [2, 2, 0, 2, 1, false]],
    ['two calls in one turn', [search(['zeta']) + search(['iota'])], [2, 2, 0, 2, 1, false]],
    ['search the store refuses', [search([' '])], [1, 1, 0, 0, 0, false]],
  ] as const)('%s', (_what, texts, expected) => {
    expect(counters(texts)).toEqual(expected);
    expect(counters(texts, { searchKey: 'seed' })).toEqual(expected);
  });

  it('only the seed ignores dates and limit, only the full key ignores case', () => {
    const dates = [search(['Falcon']), search(['Falcon'], { sent_after: '2024-01-01' })];
    expect(counters(dates)).toEqual([2, 2, 0, 0, 0, false]);
    expect(counters(dates, { searchKey: 'seed' })).toEqual([2, 1, 1, 0, 0, false]);
    const limits = [search(['Falcon']), search(['Falcon'], { max_results: 1 })];
    expect(counters(limits)).toEqual([2, 2, 0, 0, 0, false]);
    expect(counters(limits, { searchKey: 'seed' })).toEqual([2, 1, 1, 0, 0, false]);
    const spelled = [search(['Falcon']), search(['falcon'], { max_results: 10 })];
    expect(counters(spelled)).toEqual([2, 1, 1, 0, 0, false]);
    expect(counters(spelled, { searchKey: 'seed' })).toEqual([2, 2, 0, 0, 0, false]);
  });
});

describe('the result budget', () => {
  const three = search(['Falcon']) + read('m2') + read('m1');

  it.each([0, 1, 6, 7, 20, 21, 22, 23, 24, 30, 60, 150, 300, 4000])(
    '%d characters: valid JSON, shared by all results',
    (budget) => {
      const { episode } = start();
      const step = say(episode, three, budget);
      const contents = step.done ? [] : step.results.map(({ content }) => content);
      expect(contents).toHaveLength(3);
      contents.forEach((content) => JSON.parse(content) as unknown);
      expect(contents.join('').length).toBeLessThanOrEqual(Math.max(budget, 6));
    },
  );

  it('does not count what the policy was not shown', () => {
    const results: ToolResult[] = [];
    const { episode } = start();
    say(episode, three, 10);
    episode.truncate('out-of-context');
    results.push(...(episode.record.turns[0]?.results ?? []));
    expect(results.map((result) => result.truncated)).toEqual([true, true, true]);
    expect(episode.record.rubric).toMatchObject({
      ever_found_right_email: false,
      ever_read_right_email: false,
      num_zero_result_searches: 0,
    });
  });
});

describe('the outcome', () => {
  const outcomeOf = (texts: readonly string[], more: Partial<EpisodeOptions> = {}) => {
    const { episode } = start(more);
    const record = playTexts(episode, texts, more.maxTurns ?? 4);
    return { record, outcome: episode.outcome() };
  };
  const perfect = [search(['Falcon', 'budget']), read('m2'), answer('$4,500', ['m2'])];

  it('tells the record: turns, end, verdict, rubric as numbers, one part of the reward', () => {
    const { record, outcome } = outcomeOf(perfect);
    expect(outcome).toMatchObject({
      turns: record.turns,
      stopCondition: 'answered',
      success: true,
      answer: '$4,500',
    });
    expect(Object.keys(outcome.metrics)).toEqual(Object.keys(record.rubric));
    expect(outcome.metrics).toMatchObject({ answer_correct: 1, num_turns: 3, bad_tool_call_args: 0 });
    expect(outcome.rewards['default']).toBeCloseTo(2, 12);
    expect(Object.keys(outcome.rewards)).toEqual(['default']);
    expect(outcome.turnValues).toEqual([1.2, 1.2, 2]);
    expect(structuredClone(outcome)).toEqual(outcome);
  });

  it('names the part of the reward as its preset', () => {
    expect(outcomeOf(perfect, { rewardPreset: 'seed' }).outcome.rewards).toEqual({ seed: 2 });
    expect(outcomeOf(perfect, { rewardPreset: 'simple' }).outcome.rewards).toEqual({ simple: 1 });
    expect(outcomeOf(['text'], { rewardPreset: 'seed' }).outcome.turnValues).toEqual([{ advantage: 1 }]);
  });

  it('has no reward where the judge failed', () => {
    const { outcome } = outcomeOf([answer('x')], {
      score: () => {
        throw new Error('judge is away');
      },
    });
    expect(outcome).toMatchObject({ stopCondition: 'unscorable', rewards: { default: null } });
  });
});

describe('options', () => {
  it('refuses nonsense', () => {
    expect(() => start({ maxTurns: 0 })).toThrow(/maxTurns/);
    expect(() => start({ maxResults: 11 })).toThrow(/maxResults/);
  });

  it('lets bugs of the store through', () => {
    const store = fakeStore(MAILS);
    store.search = () => {
      throw new TypeError('bug');
    };
    expect(() => say(start({ store }).episode, search(['a']), 100)).toThrow(TypeError);
  });

  it('has the rules of each preset', () => {
    expect(episodeRules('seed')).toEqual({ searchKey: 'seed', abstention: 'exact', toolErrors: 'end' });
    expect(episodeRules('default')).toEqual({
      searchKey: 'full',
      abstention: 'normalised',
      toolErrors: 'end',
    });
    expect(episodeRules('simple')).toEqual(episodeRules('default'));
  });
});
