/** `npm run dataset -- [--seed N] [--out DIR] [--train N] [--validation N] [--test N]` (numbers of inboxes). */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDataset, checkDataset, SPLITS } from './dataset/build';
import { dataCard } from './dataset/card';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '2025' },
    out: { type: 'string', default: 'public/datasets/mailgym-office' },
    train: { type: 'string', default: '64' },
    validation: { type: 'string', default: '12' },
    test: { type: 'string', default: '18' },
  },
});

function whole(name: 'seed' | 'train' | 'validation' | 'test'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`--${name} is ${values[name]}; give a whole number that is not negative.`);
  }
  return value;
}

const dataset = buildDataset({
  name: basename(values.out),
  title: 'MailGym office mail',
  seed: whole('seed'),
  inboxes: { train: whole('train'), validation: whole('validation'), test: whole('test') },
});
await checkDataset(dataset);

const lines = (items: readonly unknown[]): string =>
  items.map((item) => `${JSON.stringify(item)}\n`).join('');
await mkdir(values.out, { recursive: true });
const { manifest } = dataset;
const files: [string, string][] = [
  ['dataset.json', `${JSON.stringify(manifest, null, 2)}\n`],
  ['emails.jsonl', lines(dataset.emails)],
  ...SPLITS.map((split): [string, string] => [manifest.splits[split], lines(dataset.questions[split])]),
  ['README.md', dataCard(dataset)],
];
for (const [file, text] of files) await writeFile(join(values.out, file), text);
console.log(
  `${values.out}: ${dataset.emails.length} mails, ${JSON.stringify(manifest.counts.questions)} questions, all checked.`,
);
