/**
 * Episodes over a pipe, for a sampler in another language:
 * `npx tsx scripts/pretrain/episodes.ts --model DIR --dataset DIR [--split validation] [--count N] [--repeat N]`
 *
 * Writes one line per episode, `{"id", "family", "level", "ids": [prompt]}`, then a line `{"ready": n}`. Then it answers
 * lines `{"episode": i, "ids": [sampled turn, with its stop token]}` with `{"ids": [tokens to append]}`, or with
 * `{"end": reason, "correct": boolean, "answer": text}` when the episode is over.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { PreTrainedTokenizer } from '@huggingface/transformers';
import { parsedTurn } from '../../src/conversation/turn';
import { createEpisode } from '../../src/env/mail/episode';
import { parseHermes } from '../../src/chat/parse/hermes';
import { scoreAnswer } from '../../src/env/mail/scorer';
import { loadDataset } from '../../src/env/mail/corpus/dataset';
import { createMailStore } from '../../src/env/mail/corpus/store';
import type { Split } from '../../src/env/types';
import { encoderOf, type TokenizerJson } from '../tokenizer/files';
import { TASK } from './traces/play';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    dataset: { type: 'string' },
    split: { type: 'string', default: 'validation' },
    count: { type: 'string', default: '96' },
    repeat: { type: 'string', default: '1' },
  },
});
const { model, dataset: folder } = values;
if (model === undefined || folder === undefined) throw new Error('Name --model DIR and --dataset DIR.');

const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(model, name), 'utf8'));
const tokenizerFile = await json('tokenizer.json');
const tokenizer = new PreTrainedTokenizer(
  tokenizerFile as object,
  (await json('tokenizer_config.json')) as object,
);
const encoder = encoderOf(tokenizerFile as TokenizerJson);
const dataset = await loadDataset((path) => readFile(join(folder, path)));
const store = await createMailStore(dataset.emails, { snippetTokens: TASK.snippetTokens });
const say = (line: unknown): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);

const questions = dataset.questions[values.split as Split].slice(0, Number(values.count));
const episodes = questions
  .flatMap((question) => Array.from({ length: Number(values.repeat) }, () => question))
  .map((question) =>
    createEpisode({
      question,
      store,
      maxTurns: TASK.maxTurns,
      score: scoreAnswer,
      promptStyle: TASK.promptStyle,
      maxResults: TASK.searchLimit,
    }),
  );
for (const { question, messages } of episodes) {
  const text = messages.map(({ role, content }) => `<|${role}|>${content}<|end|>`).join('');
  const { id, family, level } = question;
  say({ id, family, level, ids: encoder.encode(`${text}<|assistant|>`) });
}
say({ ready: episodes.length });

/** The last turn of each episode. */
const turns = new Map<number, number>();
for await (const line of createInterface({ input: process.stdin })) {
  const { episode: index, ids } = JSON.parse(line) as { episode: number; ids: number[] };
  const episode = episodes[index];
  if (episode === undefined)
    throw new RangeError(`There is no episode ${index}; there are ${episodes.length}.`);
  const text = tokenizer.decode(ids, { skip_special_tokens: true });
  const turn = (turns.get(index) ?? -1) + 1;
  turns.set(index, turn);
  const { results, done } = episode.step(parsedTurn(text, parseHermes(text), turn), 4000);
  if (!done && turn + 1 >= TASK.maxTurns) episode.truncate('out-of-turns');
  if (done || turn + 1 >= TASK.maxTurns) {
    const { endReason, rubric, answer } = episode.record;
    say({ end: endReason, correct: rubric.answer_correct, answer });
  } else {
    const shown = results.map(({ content }) => `<|tool|>${content}<|end|>`).join('');
    say({ ids: encoder.encode(`${shown}<|assistant|>`) });
  }
}
store.close();
