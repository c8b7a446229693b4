import { describe, expect, it } from 'vitest';
import { turnValues } from './advantage';
import { createEpisode, episodeRules } from './episode';
import { renderCall } from '../../chat/parse/hermes';
import { fakeMail, fakeQuestion, fakeStore, playTexts } from '../../../tests/support/mail';
import type { EpisodeOutcome, RewardPreset } from './types';
import type { Question } from './corpus/types';

const STORE = fakeStore([
  fakeMail('m3', 'Falcon lunch', 'Soup.'),
  fakeMail('m2', 'Falcon budget', '$4,500'),
  fakeMail('m4', 'Heron', 'No.'),
]);
const UNANSWERABLE: Partial<Question> = { answer: "I don't know", emailIds: [] };

const search = (keywords: string[], more: Record<string, unknown> = {}): string =>
  renderCall('search_emails', { keywords, ...more });
const read = (id: string): string => renderCall('read_email', { message_id: id });
const answer = (text: string): string =>
  renderCall('return_final_answer', { answer: text, source_message_ids: [] });
const IDK = answer("I don't know");

function play(
  preset: RewardPreset,
  texts: readonly string[],
  question: Partial<Question> = {},
): EpisodeOutcome {
  const episode = createEpisode({
    ...episodeRules(preset),
    question: fakeQuestion(question),
    store: STORE,
    maxTurns: 20,
    score: (asked, given) => asked.answer === given,
  });
  return playTexts(episode, texts, 20);
}

function expectValues(
  preset: RewardPreset,
  texts: readonly string[],
  values: readonly number[],
  question = {},
): void {
  // As the trainer resolves them for a rollout whose own advantage is -1.5.
  const got = turnValues(play(preset, texts, question), preset).map((value) =>
    typeof value === 'number' ? value : value.advantage * -1.5,
  );
  expect(got.map((value) => Number(value.toFixed(9)))).toEqual(values);
}

describe('seed', () => {
  const hit = search(['budget']);
  it.each<[string, string[], number[]]>([
    // Recorded from the original.
    ['same hit four times', [hit, hit, hit, hit], [1.2, 1.2, 1.2, 1.2]],
    ['right mail three times', [read('m2'), read('m2'), read('m2')], [1.2, 1.2, 1.2]],
    ['first search empty', [search(['zeta'])], [0.05]],
    ['first search with other results', [search(['heron'])], [0.1]],
    [
      'empty, then only a date added',
      [search(['zeta']), search(['zeta'], { sent_after: '2024-01-01' })],
      [0.05, -0.8],
    ],
    ['empty, then another sender', [search(['zeta']), search(['zeta'], { from_addr: 'x@y' })], [0.05, 0.05]],
    ['empty, then another receiver', [search(['zeta']), search(['zeta'], { to_addr: 'x@y' })], [0.05, 0.05]],
    ['empty, then one keyword added, empty', [search(['zeta']), search(['zeta', 'iota'])], [0.05, -0.3]],
    [
      'three disjoint empty searches',
      [search(['zeta']), search(['iota']), search(['kappa'])],
      [0.05, 0.2, 0.2],
    ],
    ['text', ['hello'], [-1.5]],
    ['worst of its group with hit, read, correct', [hit, read('m2'), answer('$4,500')], [1.2, 1.2, 2]],
    // Its other rules, by hand.
    ['other results repeated', [search(['heron']), search(['heron'])], [0.1, -0.6]],
    ['removed one of two after empty', [search(['zeta', 'iota']), search(['zeta'])], [0.05, 0.08]],
    ['removed three of four after empty', [search(['a1', 'b1', 'c1', 'd1']), search(['a1'])], [0.05, 0.2]],
    [
      'removed one of two after results',
      [search(['heron', 'no']), search(['no', 'heron', 'zeta'])],
      [0.1, -0.3],
    ],
    ['replaced one of two', [search(['heron', 'no']), search(['heron', 'zeta'])], [0.1, 0.08]],
    ['address changed', [search(['zeta']), search(['zeta'], { from_addr: 'x@y' })], [0.05, 0.05]],
    [
      'removed three of four after results',
      [search(['heron', 'no', 'her', 'ron']), search(['heron'])],
      [0.1, 0.16],
    ],
    ['only added, other results', [search(['heron']), search(['heron', 'no'])], [0.1, -0.2]],
    ['wrong mail', [read('m4')], [-0.4]],
    ['unknown mail', [read('m99')], [-0.4]],
    ['wrong answer', [answer('5')], [-1.2]],
    ['abstained at once', [IDK], [-1]],
    [
      'abstained after three searches',
      [search(['zeta']), search(['iota']), search(['kappa']), IDK],
      [0.05, 0.2, 0.2, -0.3],
    ],
    ['other tool', [renderCall('send', {})], [-2]],
    ['no name', ['<tool_call>{"arguments":{}}</tool_call>'], [-2]],
    ['arguments not JSON', ['<tool_call>{"name":"read_email","arguments":"{"}</tool_call>'], [-2]],
    ['search refused', [renderCall('search_emails', { keywords: 'zeta' })], [-0.45]],
    ['only the first call counts', [read('m4') + hit], [-0.4]],
    [
      'earlier searches of a turn are history',
      [read('m4') + search(['heron']), search(['heron'])],
      [-0.4, -0.6],
    ],
  ])('%s', (_what, texts, values) => {
    expectValues('seed', texts, values);
  });
});

describe('default', () => {
  const hit = search(['budget']);
  it.each<[string, string[], number[]]>([
    ['perfect', [hit, read('m2'), answer('$4,500')], [1.2, 1.2, 2]],
    ['same hit four times', [hit, hit, hit], [1.2, -0.6, -0.6]],
    ['another hit on the same mail', [hit, search(['falcon'])], [1.2, 0]],
    ['right mail three times', [read('m2'), read('m2'), read('m2')], [1.2, -0.6, -0.6]],
    ['wrong mail, twice', [read('m4'), read('m4')], [-0.4, -0.6]],
    ['unknown mail', [read('m99')], [-0.8]],
    [
      'ten empty searches earn nothing',
      [search(['zeta']), search(['iota']), search(['kappa'])],
      [-0.1, -0.1, -0.1],
    ],
    ['empty search repeated', [search(['zeta']), search(['ZETA'])], [-0.1, -0.8]],
    [
      'limit spelled out is a repeat',
      [search(['zeta']), search(['zeta'], { max_results: 10 })],
      [-0.1, -0.8],
    ],
    [
      'only the date differs',
      [search(['zeta']), search(['zeta'], { sent_after: '2024-01-01' })],
      [-0.1, -0.1],
    ],
    ['other results', [search(['heron']), search(['heron'])], [0, -0.6]],
    ['all calls count', [search(['zeta']) + read('m4') + hit], [0.7]],
    ['read after the hit of the same turn', [hit + read('m2')], [2]],
    ['reading everything at once', [read('m3') + read('m4') + read('m98') + read('m99') + read('m97')], [-2]],
    ['calls after the answer do not count', [answer('5') + hit + read('m2')], [-1.2]],
    ['text', ['hello'], [-2]],
    ['other tool', [renderCall('send', {})], [-2]],
    ['arguments not JSON', ['<tool_call>{"name":"read_email","arguments":"{"}</tool_call>'], [-2]],
    ['keywords as text', [renderCall('search_emails', { keywords: 'budget' })], [-2]],
    ['blank keyword', [search([' '])], [-2]],
    ['abstained', [IDK], [-1]],
  ])('%s', (_what, texts, values) => {
    expectValues('default', texts, values);
    expectValues('simple', texts, values);
  });

  it('credits abstaining where there is no answer', () => {
    expectValues('default', [search(['zeta']), IDK], [-0.1, 2], UNANSWERABLE);
    expectValues('default', [answer('5')], [-1.2], UNANSWERABLE);
  });

  it('credits every reference once', () => {
    const two = { emailIds: ['m2', 'm4'] };
    expectValues(
      'default',
      [hit, search(['heron']), search(['falcon']), read('m2'), read('m4')],
      [1.2, 1.2, 0, 1.2, 1.2],
      two,
    );
  });
});
