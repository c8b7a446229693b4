/**
 * `npm exec tsx scripts/tokenizer.ts -- --out DIR [--seed N] [--vocab N]`: learns the tokenizer of the default policy
 * from traces of train-side inboxes and writes `tokenizer.json` and `tokenizer_config.json`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expertTexts } from './pretrain/expert-texts';
import { createMailStore } from '../src/env/mail/corpus/store';
import { buildInbox } from './dataset/inbox';
import { TASK, play } from './pretrain/traces/play';
import { learnTokenizer, tokenizerConfigJson, tokenizerJson } from './tokenizer/files';

const INBOXES = 300;
/** In inboxes. Rarer pairs are the joints of made-up names, which must not become tokens: unseen names have them too. */
const MIN_COUNT = 18;
export const MAX_LENGTH = 1024;

/** All traces of one inbox after another. */
async function* traceTexts(seed: number): AsyncGenerator<string> {
  for (let stream = 0; stream < INBOXES; stream++) {
    const inbox = buildInbox({ seed, number: stream, stream, split: 'train' });
    const store = await createMailStore(inbox.emails, { snippetTokens: TASK.snippetTokens });
    const lines: string[] = [];
    for (const candidate of inbox.candidates) {
      const question = { ...candidate, id: 'q' };
      const texts = expertTexts(question);
      lines.push(
        ...play(question, store, ({ turn }) => texts[turn] ?? null).segments.map(({ text }) => text),
      );
    }
    yield lines.join('');
    store.close();
  }
}

const { values } = parseArgs({
  options: { out: { type: 'string' }, seed: { type: 'string' }, vocab: { type: 'string' } },
});
if (values.out === undefined) throw new Error('Name the folder to write to: --out DIR.');
const texts: string[] = [];
for await (const text of traceTexts(Number(values.seed ?? 1))) texts.push(text);
const tokenizer = learnTokenizer(texts, Number(values.vocab ?? 1408), MIN_COUNT);
await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, 'tokenizer.json'), tokenizerJson(tokenizer));
await writeFile(join(values.out, 'tokenizer_config.json'), tokenizerConfigJson(tokenizer, MAX_LENGTH));
console.log(
  `${Object.keys(tokenizer.model.vocab).length} tokens from the traces of ${texts.length} inboxes in ${values.out}`,
);
