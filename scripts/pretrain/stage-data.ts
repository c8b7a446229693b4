/** Which sequences a stage trains on, and which measure it. */
import type { ModelConfig } from '../../src/policy/types';
import type { TokenizerJson } from '../tokenizer/files';
import type { TrainingSequence } from './format';
import { copyingChapters, traceChapters, type Chapters } from './sequences';
import type { Stage } from './stages';

export interface DataSource {
  readonly seed: number;
  readonly config: Pick<ModelConfig, 'vocabSize' | 'maxPositions'>;
  readonly tokenizer: TokenizerJson;
}

/** Of random chunks: as long as half a trace. */
const COPYING = { length: 96, chunks: [3, 8], chunkLength: [2, 6] } as const;
const INBOXES = 24;
const HELD_OUT = 96;
const HELD_OUT_INBOXES = 8;
/** Held-out sequences are the same for all runs, so their numbers can be compared. */
const HELD_OUT_SEED = 1;

export function stageChapters({ seed, config, tokenizer }: DataSource, stage: Stage): Chapters {
  const { vocabSize, maxPositions: maxTokens } = config;
  const label = `pretrain-${stage.name}`;
  if (stage.mix === null) return copyingChapters({ seed, label, vocabSize, ...COPYING });
  const { mix, contextWeight } = stage;
  return traceChapters(tokenizer, {
    seed,
    label,
    split: 'train',
    mix,
    contextWeight,
    maxTokens,
    inboxes: INBOXES,
  });
}

/** Chunks to copy for the first stage, clean traces with names and values of the validation split for all others. */
export async function heldOutSequences(
  { config, tokenizer }: DataSource,
  stage: Stage,
): Promise<readonly TrainingSequence[]> {
  const { vocabSize, maxPositions: maxTokens } = config;
  const common = { seed: HELD_OUT_SEED, label: 'pretrain-held-out' };
  const chapters =
    stage.mix === null
      ? copyingChapters({ ...common, vocabSize, ...COPYING })
      : traceChapters(tokenizer, {
          ...common,
          split: 'validation',
          mix: { clean: 1, multi: 0, flawed: 0 },
          contextWeight: 0,
          maxTokens,
          inboxes: HELD_OUT_INBOXES,
        });
  return (await chapters(0)).slice(0, HELD_OUT);
}
