/** Which tokens of a trace matter how much: read off the scaffold tokens around them. */

/** Loss weights of what the policy writes; prompts, questions and tool results have none. Measured: without emphasis on ids and answers those skills lag far behind the rest. */
export const WEIGHTS = {
  /** Scaffold of a call, keywords and the end of a turn. */
  call: 1,
  /** Which tool: the scaffold token that names it. */
  tool: 2,
  id: 4,
  answer: 3,
  firstAnswer: 6,
} as const;

type State = 'call' | 'id' | 'answer';

const STATE_AFTER: Readonly<Record<string, State>> = {
  '{"name":"read_email","arguments":{"message_id":"': 'id',
  '{"name":"return_final_answer","arguments":{"answer":"': 'answer',
  '","source_message_ids":["': 'id',
};

/**
 * Weights of one assistant turn.
 * @param given text of the given tokens by id.
 */
export function turnWeights(ids: readonly number[], given: ReadonlyMap<number, string>): number[] {
  let state: State = 'call';
  let first = false;
  return ids.map((id) => {
    const scaffold = given.get(id);
    if (scaffold !== undefined) {
      state = STATE_AFTER[scaffold] ?? 'call';
      first = true;
      return scaffold.startsWith('{"name"') ? WEIGHTS.tool : WEIGHTS.call;
    }
    if (state === 'answer') {
      const weight = first ? WEIGHTS.firstAnswer : WEIGHTS.answer;
      first = false;
      return weight;
    }
    return WEIGHTS[state];
  });
}
