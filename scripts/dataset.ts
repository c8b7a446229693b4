/** `npm run dataset`: writes the built-in mail and questions, or others of the same kind. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildDataset, checkDataset, SPLITS } from './dataset/build';
import { dataCard } from './dataset/card';
import { CommandError, ownOptions, runCommand } from './runtime/command';
import { outputPath } from './runtime/paths';

const USAGE = `
Writes a dataset of made-up office mail, with questions, and checks it.

  npm run dataset -- [--seed N] [--out DIR] [--train N] [--validation N] [--test N]

--train, --validation and --test are numbers of inboxes. Without arguments the built-in dataset is written again.
`;

const DEFAULTS = { seed: '2025', train: '64', validation: '12', test: '18' };

await runCommand(USAGE, async () => {
  const options = ownOptions('dataset', process.argv.slice(2), ['out', ...Object.keys(DEFAULTS)]);
  const whole = (name: keyof typeof DEFAULTS): number => {
    const text = options[name] ?? DEFAULTS[name];
    if (/^\d+$/.test(text)) return Number(text);
    throw new CommandError(`--${name} is '${text}'; give a whole number that is not negative.`);
  };
  const named = options['out'];
  const out = named === undefined ? 'public/datasets/mailgym-office' : outputPath(named);
  const dataset = buildDataset({
    name: basename(out),
    title: 'MailGym office mail',
    seed: whole('seed'),
    inboxes: { train: whole('train'), validation: whole('validation'), test: whole('test') },
  });
  await checkDataset(dataset);
  const lines = (items: readonly unknown[]): string =>
    items.map((item) => `${JSON.stringify(item)}\n`).join('');
  await mkdir(out, { recursive: true });
  const { manifest } = dataset;
  const files: [string, string][] = [
    ['dataset.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['emails.jsonl', lines(dataset.emails)],
    ...SPLITS.map((split): [string, string] => [manifest.splits[split], lines(dataset.questions[split])]),
    ['README.md', dataCard(dataset)],
  ];
  for (const [file, text] of files) await writeFile(join(out, file), text);
  console.log(
    `${out}: ${dataset.emails.length} mails, ${JSON.stringify(manifest.counts.questions)} questions, all checked.`,
  );
});
