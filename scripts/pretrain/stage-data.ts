/** Which sequences a stage trains on at which step, and which measure it. */
import type { ModelConfig } from '../../src/engine/types';
import { Random } from '../../src/random/philox';
import type { TokenizerJson } from '../tokenizer/files';
import { poolBatches } from './batches';
import type { TrainingSequence } from './format';
import { copyingSequence, traceSequences, type TraceSource } from './sequences';
import type { Stage } from './stages';

export interface DataSource {
  readonly seed: number;
  readonly config: Pick<ModelConfig, 'vocabSize'>;
  readonly tokenizer: TokenizerJson;
}

/** The batch of a step, 1-based: a pure function of its number, so that a resumed run sees the same. */
export type Batches = (step: number) => readonly TrainingSequence[];

/** As long as half a trace. */
const COPYING = { length: 96, chunks: [3, 8], chunkLength: [2, 6] } as const;
const HELD_OUT = 96;
/** Held-out sequences are the same for all runs, so their numbers can be compared. */
const HELD_OUT_TRACES: TraceSource = { kind: 'clean', split: 'validation', seed: 7, first: 0, inboxes: 12 };

export async function stageBatches({ seed, config, tokenizer }: DataSource, stage: Stage): Promise<Batches> {
  const { name, batchSize, data } = stage;
  if (data === 'copying') {
    return (step) => copyingBatch(config, batchSize, new Random(seed, 'pretrain-copying', step));
  }
  const pools = [];
  for (const source of data) pools.push(await traceSequences(tokenizer, source));
  return poolBatches(pools.flat(), batchSize, (epoch) => new Random(seed, `pretrain-${name}`, epoch));
}

/** Chunks to copy for the first stage, clean traces with names and values of the validation split for all others. */
export async function heldOutSequences(
  { config, tokenizer }: Omit<DataSource, 'seed'>,
  { data }: Pick<Stage, 'data'>,
): Promise<readonly TrainingSequence[]> {
  const random = new Random(HELD_OUT_TRACES.seed, 'pretrain-held-out');
  if (data === 'copying') return copyingBatch(config, HELD_OUT, random);
  return random.shuffle(await traceSequences(tokenizer, HELD_OUT_TRACES)).slice(0, HELD_OUT);
}

function copyingBatch(
  { vocabSize }: DataSource['config'],
  count: number,
  random: Random,
): TrainingSequence[] {
  return Array.from({ length: count }, () => copyingSequence({ vocabSize, ...COPYING }, random));
}
