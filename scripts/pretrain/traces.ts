/**
 * `npx tsx scripts/pretrain/traces.ts --tokenizer DIR --out FILE --kind clean|multi|flawed [--split train] [--seed N]
 * [--first N] [--inboxes N] [--extra N] [--care search,read,patience,format]`
 *
 * Writes training sequences of freshly generated inboxes (`format.ts`), and beside them `FILE.json`: the family of
 * every sequence.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createMailStore } from '../../src/corpus/store';
import type { Split } from '../../src/corpus/types';
import { Random } from '../../src/random/philox';
import { chooseQuestions } from '../dataset/choose';
import { buildInbox } from '../dataset/inbox';
import { encoderOf, type TokenizerJson } from '../tokenizer/files';
import { encodeSequences, type TrainingSequence } from './format';
import { cleanTrace, multiTrace } from './traces/clean';
import { DEFAULT_CARE, flawedTrace } from './traces/flawed';
import { TASK, type Segment } from './traces/play';
import { turnWeights, WEIGHTS } from './traces/weights';

/** Questions of one inbox in training: more of the hard families than the data set has. */
const COUNTS = { single: 16, latest: 5, 'filter-sender': 4, 'filter-date': 3, unanswerable: 4 };

const { values } = parseArgs({
  options: {
    tokenizer: { type: 'string' },
    out: { type: 'string' },
    kind: { type: 'string', default: 'clean' },
    split: { type: 'string', default: 'train' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    inboxes: { type: 'string', default: '100' },
    extra: { type: 'string', default: '2' },
    care: { type: 'string' },
  },
});
const { tokenizer: folder, out, kind } = values;
if (folder === undefined || out === undefined) throw new Error('Name --tokenizer DIR and --out FILE.');
const tokenizer = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')) as TokenizerJson;
const encoder = encoderOf(tokenizer);
const given = new Map(tokenizer.added_tokens.map(({ id, content }) => [id, content]));
const [search = 0, read = 0, patience = 0, format = 0] = (values.care ?? '').split(',').map(Number);
const care = values.care === undefined ? DEFAULT_CARE : { search, read, patience, format };

function sequenceOf(segments: readonly Segment[]): TrainingSequence {
  const ids: number[] = [];
  const weights: number[] = [];
  for (const { text, source } of segments) {
    const own = encoder.encode(text);
    ids.push(...own);
    weights.push(...(source === 'sampled' ? turnWeights(own, given) : own.map(() => WEIGHTS.context)));
  }
  return { ids, weights };
}

const sequences: TrainingSequence[] = [];
const families: string[] = [];
const first = Number(values.first);
for (let stream = first; stream < first + Number(values.inboxes); stream++) {
  const seed = Number(values.seed);
  const random = new Random(seed, 'traces', stream);
  const options = { seed, number: random.integer(100), stream, split: values.split as Split };
  const { emails, candidates } = buildInbox(options);
  const store = await createMailStore(emails, { snippetTokens: TASK.snippetTokens });
  for (const candidate of chooseQuestions(candidates, COUNTS, random)) {
    const segments =
      kind === 'multi'
        ? multiTrace(candidate, candidates, store, Number(values.extra), random)
        : kind === 'flawed'
          ? flawedTrace(candidate, candidates, store, care, random)
          : cleanTrace(candidate, store);
    sequences.push(sequenceOf(segments));
    families.push(candidate.family);
  }
  store.close();
}
await mkdir(dirname(out), { recursive: true });
await writeFile(out, encodeSequences(sequences));
await writeFile(`${out}.json`, JSON.stringify(families));
const tokens = sequences.reduce((sum, { ids }) => sum + ids.length, 0);
console.log(
  `${sequences.length} sequences, ${tokens} tokens (${(tokens / sequences.length).toFixed(0)} each) in ${out}`,
);
