import { describe, expect, it } from 'vitest';
import { createEpisode } from './episode';
import { expertCalls } from './expert';
import { renderCall } from '../../chat/parse/hermes';
import { fakeMail, fakeQuestion, fakeStore, say } from '../../../tests/support/mail';
import type { Question } from './corpus/types';

const STORE = fakeStore([
  fakeMail('m2', 'Falcon budget', 'The budget is $4,500.'),
  fakeMail('m1', 'Heron', 'No.'),
]);
const UNANSWERABLE: Partial<Question> = {
  answer: "I don't know",
  emailIds: [],
  trace: { search: { keywords: ['Osprey'] } },
};

function play(question: Question) {
  const episode = createEpisode({
    question,
    store: STORE,
    maxTurns: 4,
    score: ({ answer }, given) => given === answer,
  });
  const ends = expertTexts(question).map((text, turn) => say(episode, text, 4000, turn).done);
  return { ends, ...episode.record };
}

/** The expert's turns as the built-in model writes them. */
const expertTexts = (question: Question) =>
  expertCalls(question).map((call) => renderCall(call.name, call.arguments));

describe('expertCalls', () => {
  it('is search, read, answer in compact Hermes form', () => {
    expect(expertTexts(fakeQuestion())).toEqual([
      '<tool_call>{"name":"search_emails","arguments":{"keywords":["Falcon","budget"]}}</tool_call>',
      '<tool_call>{"name":"read_email","arguments":{"message_id":"m2"}}</tool_call>',
      '<tool_call>{"name":"return_final_answer","arguments":{"answer":"$4,500","source_message_ids":["m2"]}}</tool_call>',
    ]);
  });

  it('plays perfect episodes', () => {
    const outcome = play(fakeQuestion());
    expect(outcome.ends).toEqual([false, false, true]);
    expect(outcome.rubric).toMatchObject({
      answer_correct: true,
      sources_correct: true,
      ever_read_right_email: true,
    });
  });

  it('abstains when the question cannot be answered', () => {
    const outcome = play(fakeQuestion(UNANSWERABLE));
    expect(outcome.ends).toEqual([false, true]);
    expect(outcome.rubric).toMatchObject({
      answer_correct: true,
      returned_i_dont_know: true,
      num_sources: 0,
    });
  });

  it('explains what is missing', () => {
    const { trace, ...traceless } = fakeQuestion();
    expect(trace).toBeDefined();
    expect(() => expertTexts(traceless)).toThrow(/no trace/);
    expect(() => expertTexts(fakeQuestion({ trace: { search: {} } }))).toThrow(/names no mail/);
  });
});
