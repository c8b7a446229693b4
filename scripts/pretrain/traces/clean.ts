/** Traces of the expert, alone or with further questions about the mail that was read. */
import { expertTexts } from '../../../src/agent/expert';
import { renderCall } from '../../../src/agent/parse/hermes';
import { RETURN_FINAL_ANSWER } from '../../../src/agent/tools';
import { AgentError } from '../../../src/agent/types';
import type { MailStore } from '../../../src/corpus/types';
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
 * A clean trace followed by up to `extra` further questions about the same mail, answered without another search: the
 * cheapest way to practise which of a mail's values a question asks for. Not a conversation that the policy will meet.
 */
export function multiTrace(
  candidate: Candidate,
  all: readonly Candidate[],
  store: MailStore,
  extra: number,
  random: Random,
): Segment[] {
  const others = all.filter(
    (other) => other.asked === candidate.asked && other !== candidate && other.asked !== '',
  );
  const further = random.shuffle(others).slice(0, extra);
  return [
    ...cleanTrace(candidate, store),
    ...further.flatMap(({ question, answer, asked }): Segment[] => {
      const call = renderCall(RETURN_FINAL_ANSWER, { answer, source_message_ids: [asked] });
      return [
        { text: `<|user|>${question}<|end|><|assistant|>`, source: 'context' },
        { text: `${call}<|end|>`, source: 'sampled' },
      ];
    }),
  ];
}
