/** Traces of the expert, alone or with further questions about the mail that was read. */
import { expertTexts } from '../expert-texts';
import { renderCall } from '../../../src/chat/parse/hermes';
import { RETURN_FINAL_ANSWER } from '../../../src/env/mail/tools';
import { AgentError } from '../../../src/env/mail/types';
import type { MailStore } from '../../../src/env/mail/corpus/types';
import type { Random } from '../../../src/random/philox';
import type { Candidate } from '../../dataset/inbox';
import { play, type Segment } from './play';

/** @throws AgentError when the expert fails: the data set is then wrong. */
export function cleanTrace(candidate: Candidate, store: MailStore): Segment[] {
  const texts = expertTexts({ ...candidate, id: 'trace' });
  const { segments, outcome } = play({ ...candidate, id: 'trace' }, store, ({ turn }) => texts[turn] ?? null);
  if (outcome?.rubric.answer_correct !== true) {
    throw new AgentError(`The expert fails at "${candidate.question}": ${JSON.stringify(outcome?.rubric)}`);
  }
  return [...segments];
}

/**
 * A clean trace followed by further questions in the same context, up to `extra` of each sort: about the same mail,
 * answered at once; and about the same entity, where the next step after the search is taken at once. The cheapest way
 * to practise which of a mail's values and which of the hits a question asks for. Not a conversation that the policy
 * will meet.
 */
export function multiTrace(
  candidate: Candidate,
  all: readonly Candidate[],
  store: MailStore,
  extra: number,
  random: Random,
): Segment[] {
  const search = JSON.stringify(candidate.trace?.search);
  const others = random.shuffle(all).filter((other) => other !== candidate);
  const sameMail = others.filter(({ asked }) => asked === candidate.asked && asked !== '');
  const sameSearch = others.filter(
    ({ asked, trace }) => asked !== candidate.asked && JSON.stringify(trace?.search) === search,
  );
  const answers = sameMail
    .slice(0, extra)
    .map(({ question, answer, asked }): [string, string] => [
      question,
      renderCall(RETURN_FINAL_ANSWER, { answer, source_message_ids: [asked] }),
    ]);
  const steps = sameSearch
    .slice(0, extra)
    .map((other): [string, string] => [other.question, expertTexts({ ...other, id: 'trace' })[1] ?? '']);
  return [
    ...cleanTrace(candidate, store),
    ...random.shuffle([...answers, ...steps]).flatMap(([question, call]): Segment[] => [
      { text: `<|user|>${question}<|end|><|assistant|>`, source: 'context' },
      { text: `${call}<|end|>`, source: 'sampled' },
    ]),
  ];
}
