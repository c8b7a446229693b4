/** A hand-made trajectory, for the explanation of the mask before any run has been made. */
import type { TrajectoryView } from '../grpo/types';
import { TOKEN_SOURCE, type TokenSource } from '../tokens/types';

export interface Segment {
  readonly from: TokenSource;
  readonly text: string;
}

/** Cuts text into pieces of the size that tokenizers make: short words, digits in pairs, marks by themselves. */
export function pieces(text: string): string[] {
  return text.match(/<\|[a-z_]+\|>|\n|\d{1,2}| ?[A-Za-z]{1,6}| ?[^\sA-Za-z\d]|\s+/g) ?? [];
}

/** A view from segments; log-probs and advantages are the caller's, per sampled token. */
export function viewOf(
  segments: readonly Segment[],
  facts: Omit<TrajectoryView, 'tokens' | 'source' | 'lossMask' | 'tokenAdvantages' | 'logprobs' | 'turns'>,
  train: (from: TokenSource) => boolean,
  logprob: (index: number) => number,
): TrajectoryView {
  const tokens: string[] = [];
  const from: TokenSource[] = [];
  for (const segment of segments) {
    for (const piece of pieces(segment.text)) {
      tokens.push(piece);
      from.push(segment.from);
    }
  }
  return {
    ...facts,
    turns: [],
    tokens,
    source: Uint8Array.from(from, (f) => TOKEN_SOURCE[f]),
    lossMask: Uint8Array.from(from, (f) => (train(f) ? 1 : 0)),
    tokenAdvantages: Float32Array.from(from, (f) => (train(f) ? facts.advantage : 0)),
    logprobs: Float32Array.from(from, (f, i) => (f === 'sampled' ? logprob(i) : 0)),
  };
}

const SEGMENTS: readonly Segment[] = [
  {
    from: 'prompt',
    text: '<|system|>Answer from the mailbox of maya@fernhill.example. Today is 2024-05-20. Tools: search_emails, read_email, return_final_answer.<|end|>\n<|user|>Who is the new contact for Project Alder?<|end|>\n<|assistant|>',
  },
  { from: 'sampled', text: '{"name":"search_emails","keywords":["Alder","contact"]}<|end|>' },
  {
    from: 'tool',
    text: '\n<|tool|>[{"id":"m31","snippet":"Alder: change of contact"},{"id":"m08","snippet":"Alder kick-off"}]<|end|>\n<|assistant|>',
  },
  { from: 'sampled', text: '{"name":"read_email","id":"m31"}<|end|>' },
  {
    from: 'tool',
    text: '\n<|tool|>From: jonas@fernhill.example. Date: 2024-05-14. Subject: Alder: change of contact. Please note that from now on Ines Varga looks after Project Alder. The budget of 48,200 stays as it is.<|end|>\n<|assistant|>',
  },
  { from: 'sampled', text: '{"name":"return_final_answer","answer":"Ines Varga","sources":["m31"]}<|end|>' },
];

export const EXAMPLE: TrajectoryView = viewOf(
  SEGMENTS,
  {
    questionId: 'example',
    question: 'Who is the new contact for Project Alder?',
    goldAnswer: 'Ines Varga',
    answer: 'Ines Varga',
    group: 0,
    rollout: 0,
    reward: 1.9,
    advantage: 1.2,
    correct: true,
    endReason: 'answered',
    kept: true,
  },
  (from) => from === 'sampled',
  (i) => -0.02 - ((i * 37) % 11) / 12,
);
