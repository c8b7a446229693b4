/** Training sequences of one kind, made from a seed. */
import { createMailStore } from '../../src/env/mail/corpus/store';
import type { Split } from '../../src/env/types';
import { Random } from '../../src/random/philox';
import { chooseQuestions } from '../dataset/choose';
import { buildInbox } from '../dataset/inbox';
import { encoderOf, type TokenizerJson } from '../tokenizer/files';
import type { TrainingSequence } from './format';
import { cleanTrace, multiTrace } from './traces/clean';
import { DEFAULT_CARE, flawedTrace } from './traces/flawed';
import { TASK, type Segment } from './traces/play';
import { turnWeights } from './traces/weights';

/** Consecutive inboxes of a seed, with one trace per chosen question. */
export interface TraceSource {
  /** The expert's episodes; the same with further questions about the same mails; or careless episodes. */
  readonly kind: 'clean' | 'multi' | 'flawed';
  readonly split: Split;
  readonly seed: number;
  /** Number of the first inbox. */
  readonly first: number;
  readonly inboxes: number;
}

/** Questions of one inbox: more of the hard families than the data set has. */
const COUNTS = { single: 16, latest: 5, 'filter-sender': 4, 'filter-date': 3, unanswerable: 4 };
/** Further questions of each sort in a trace with several. */
const EXTRA = 2;

/** Turns weigh as {@link turnWeights} says; tokens that the policy does not write weigh 0. */
export async function traceSequences(
  tokenizer: TokenizerJson,
  source: TraceSource,
): Promise<TrainingSequence[]> {
  const encoder = encoderOf(tokenizer);
  const given = new Map(tokenizer.added_tokens.map(({ id, content }) => [id, content]));
  const sequenceOf = (segments: readonly Segment[]): TrainingSequence => {
    const ids: number[] = [];
    const weights: number[] = [];
    for (const { text, source } of segments) {
      const own = encoder.encode(text);
      ids.push(...own);
      weights.push(...(source === 'sampled' ? turnWeights(own, given) : own.map(() => 0)));
    }
    return { ids, weights };
  };
  const sequences: TrainingSequence[] = [];
  for (let i = 0; i < source.inboxes; i++) {
    sequences.push(...(await inboxTraces(source, source.first + i)).map(sequenceOf));
  }
  return sequences;
}

async function inboxTraces({ kind, seed, split }: TraceSource, stream: number): Promise<Segment[][]> {
  const random = new Random(seed, 'traces', stream);
  const { emails, candidates } = buildInbox({ seed, number: random.integer(100), stream, split });
  const store = await createMailStore(emails, { snippetTokens: TASK.snippetTokens });
  try {
    return chooseQuestions(candidates, COUNTS, random).map((candidate) => {
      switch (kind) {
        case 'clean':
          return cleanTrace(candidate, store);
        case 'multi':
          return multiTrace(candidate, candidates, store, EXTRA, random);
        case 'flawed':
          return flawedTrace(candidate, candidates, store, DEFAULT_CARE, random);
      }
    });
  } finally {
    store.close();
  }
}

export interface CopyingOptions {
  readonly vocabSize: number;
  /** Tokens of a sequence. */
  readonly length: number;
  /** How many different chunks a sequence has, and how long they are: [fewest, most]. */
  readonly chunks: readonly [number, number];
  readonly chunkLength: readonly [number, number];
}

/**
 * A sequence over a few chunks of random tokens, repeated in random order: all but the first token of a chunk seen
 * before can be predicted, and only these count.
 */
export function copyingSequence(options: CopyingOptions, random: Random): TrainingSequence {
  const between = ([least, most]: readonly [number, number]) => least + random.integer(most - least + 1);
  const chunks = Array.from({ length: between(options.chunks) }, () =>
    Array.from({ length: between(options.chunkLength) }, () => random.integer(options.vocabSize)),
  );
  const seen = new Set<number>();
  const ids: number[] = [];
  const weights: number[] = [];
  while (ids.length < options.length) {
    const which = random.integer(chunks.length);
    const chunk = chunks[which] ?? [];
    ids.push(...chunk);
    weights.push(...chunk.map((_, i) => (i > 0 && seen.has(which) ? 1 : 0)));
    seen.add(which);
  }
  return { ids: ids.slice(0, options.length), weights: weights.slice(0, options.length) };
}
