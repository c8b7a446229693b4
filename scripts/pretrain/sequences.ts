/** Training sequences of one kind, made inbox by inbox from a seed. */
import { createMailStore } from '../../src/corpus/store';
import type { Split } from '../../src/corpus/types';
import { Random } from '../../src/random/philox';
import { chooseQuestions } from '../dataset/choose';
import { buildInbox } from '../dataset/inbox';
import { encoderOf, type TokenizerJson } from '../tokenizer/files';
import type { TrainingSequence } from './format';
import { cleanTrace, multiTrace } from './traces/clean';
import { DEFAULT_CARE, flawedTrace } from './traces/flawed';
import { TASK, type Segment } from './traces/play';
import { turnWeights } from './traces/weights';

/** Shares of the kinds of traces; they add up to 1. */
export interface TraceMix {
  readonly clean: number;
  readonly multi: number;
  readonly flawed: number;
}

export interface TraceOptions {
  readonly seed: number;
  /** Separates the random streams of stages and of held-out traces. */
  readonly label: string;
  readonly split: Split;
  readonly mix: TraceMix;
  /** Loss weight of tokens that the policy does not write. */
  readonly contextWeight: number;
  /** Sequences with more tokens are left out. */
  readonly maxTokens: number;
  /** Inboxes of a chapter, whose traces are shuffled together: neighbours in a batch should not share an inbox. */
  readonly inboxes: number;
}

/** Questions of one inbox: more of the hard families than the data set has. */
const COUNTS = { single: 16, latest: 5, 'filter-sender': 4, 'filter-date': 3, unanswerable: 4 };
/** Further questions of each sort in a trace with several. */
const EXTRA = 2;

/** A chapter is a pure function of its number. */
export type Chapters = (chapter: number) => Promise<readonly TrainingSequence[]>;

export function traceChapters(tokenizer: TokenizerJson, options: TraceOptions): Chapters {
  const encoder = encoderOf(tokenizer);
  const given = new Map(tokenizer.added_tokens.map(({ id, content }) => [id, content]));
  const sequenceOf = (segments: readonly Segment[]): TrainingSequence => {
    const ids: number[] = [];
    const weights: number[] = [];
    for (const { text, source } of segments) {
      const own = encoder.encode(text);
      ids.push(...own);
      weights.push(
        ...(source === 'sampled' ? turnWeights(own, given) : own.map(() => options.contextWeight)),
      );
    }
    return { ids, weights };
  };
  return async (chapter) => {
    const sequences: TrainingSequence[] = [];
    for (let i = 0; i < options.inboxes; i++) {
      const stream = chapter * options.inboxes + i;
      const traces = await inboxTraces(options, stream);
      sequences.push(...traces.map(sequenceOf).filter(({ ids }) => ids.length <= options.maxTokens));
    }
    return new Random(options.seed, `${options.label}-order`, chapter).shuffle(sequences);
  };
}

async function inboxTraces(options: TraceOptions, stream: number): Promise<Segment[][]> {
  const { seed, label, split, mix } = options;
  const random = new Random(seed, label, stream);
  // The inbox must differ from stage to stage as well, so its own seed is drawn from the stage's stream.
  const { emails, candidates } = buildInbox({
    seed: random.uint32(),
    number: random.integer(100),
    stream,
    split,
  });
  const store = await createMailStore(emails, { snippetTokens: TASK.snippetTokens });
  try {
    return chooseQuestions(candidates, COUNTS, random).map((candidate) => {
      const draw = random.uniform();
      if (draw < mix.clean) return cleanTrace(candidate, store);
      if (draw < mix.clean + mix.multi) return multiTrace(candidate, candidates, store, EXTRA, random);
      return flawedTrace(candidate, candidates, store, DEFAULT_CARE, random);
    });
  } finally {
    store.close();
  }
}

export interface CopyingOptions {
  readonly seed: number;
  readonly label: string;
  readonly vocabSize: number;
  /** Tokens of a sequence. */
  readonly length: number;
  /** How many different chunks a sequence has, and how long they are: [fewest, most]. */
  readonly chunks: readonly [number, number];
  readonly chunkLength: readonly [number, number];
}

const SEQUENCES_PER_CHAPTER = 256;

/**
 * Sequences over a few chunks of random tokens, repeated in random order: all but the first token of a chunk seen
 * before can be predicted, and only these count.
 */
export function copyingChapters(options: CopyingOptions): Chapters {
  return (chapter) =>
    Promise.resolve(
      Array.from({ length: SEQUENCES_PER_CHAPTER }, (_, i) =>
        copyingSequence(options, new Random(options.seed, options.label, chapter, i)),
      ),
    );
}

function copyingSequence(options: CopyingOptions, random: Random): TrainingSequence {
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
