/** The data card, drawn from the data set itself. */
import type { Dataset, Question } from '../../src/env/mail/corpus/types';
import { SPLITS } from './build';
import { FAMILY_COUNTS } from './choose';
import { KINDS } from './kinds';

const FAMILIES: Readonly<Record<string, string>> = {
  single: 'one fact of one mail: who, when, where, how much, which code',
  latest: 'a fact that a later mail corrects; the older value is wrong',
  'filter-sender': 'one of six weekly reports with the same subject, told apart by its sender',
  'filter-date': 'the last weekly report before a day',
  unanswerable: 'no mail of the inbox holds it; the right answer is "I don\'t know"',
};

export function dataCard({ manifest, emails, questions }: Dataset): string {
  const { name, title, seed, licence, counts } = manifest;
  const all = SPLITS.flatMap((split) => questions[split]);
  const inboxes = (list: readonly Question[]): number => new Set(list.map(({ inbox }) => inbox)).size;
  const mean = (sum: number, count: number): string => (sum / count).toFixed(0);
  const words = emails.reduce((sum, { body }) => sum + body.split(/\s+/).length, 0);
  const families = Object.keys(FAMILY_COUNTS).map((family) => {
    const number = (list: readonly Question[]): number => list.filter((q) => q.family === family).length;
    const cells = SPLITS.map((split) => number(questions[split]));
    const example = questions.train.find((q) => q.family === family);
    return (
      `| \`${family}\` | ${FAMILIES[family] ?? ''} | ${cells.join(' | ')} | ` +
      `${example?.question ?? ''} → ${example?.answer ?? ''} |`
    );
  });
  const levels = [...new Set(all.map(({ level }) => level))].sort();
  const levelRows = levels.map((level) => {
    const cells = SPLITS.map((split) => questions[split].filter((q) => q.level === level).length);
    return `| ${level} | ${cells.join(' | ')} |`;
  });
  const sample = emails.find(({ body }) => body.includes('\n>')) ?? emails[0];
  return `# ${title}

Made-up mail and questions about it, for teaching a small language model to search a mailbox. No mail, person, firm or
place is real. Written by \`npm run dataset -- --seed ${seed} --out public/datasets/${name}\`; the same seed gives the same bytes.

Licence: ${licence} (the data); the generator in \`scripts/dataset\` has the licence of the project.

## Counts

${counts.emails} mails in ${inboxes(all)} inboxes, ${mean(counts.emails, inboxes(all))} mails per inbox, ${mean(words, emails.length)} words per body.

| | train | validation | test |
| --- | --- | --- | --- |
| inboxes | ${SPLITS.map((split) => inboxes(questions[split])).join(' | ')} |
| questions | ${SPLITS.map((split) => counts.questions[split]).join(' | ')} |

| family | what it needs | train | validation | test | example |
| --- | --- | --- | --- | --- | --- |
${families.join('\n')}

| level | train | validation | test |
| --- | --- | --- | --- |
${levelRows.join('\n')}

Level 1: one mail fits the question. Level 2: a reply or a correction competes with it, or nothing is found. Level 3: a sender or
date filter is needed.

## How it is made

An inbox has twelve entities (four people, projects and firms each). Facts come in ${KINDS.length} kinds of mail with three facts
each (flight, interview, kickoff, budget, invoice, …), with three body templates per kind and three questions per fact. Around them:
updates that correct one fact, replies with and without a quote, forwards, small talk about the same entity, carbon copies, and two
entities with six weekly reports each. A body never names its entity: the snippet of a search shows the subject, and the value has
to be read.

Splits share templates and first names, but no inbox and no mail, and no surname, project, firm, town, date, amount, code, time, room or
number that is asked for: each belongs to one split by its hash (14 : 3 : 3).

Every question is checked when the data set is written: in the real store, a search for the entity and the topic (with the
sender or date filter where needed) finds the mail among four hits, the mail holds the answer, and no snippet does. That search and that mail are
the question's \`trace\`, for warm-start traces only; training never sees it.

## Files

\`dataset.json\` (manifest), \`emails.jsonl\` (one mail a line), \`train.jsonl\`, \`validation.jsonl\`, \`test.jsonl\` (one question a line).
Fields: \`src/corpus/types.ts\`.

A mail:

\`\`\`json
${JSON.stringify(sample, null, 2)}
\`\`\`

A question:

\`\`\`json
${JSON.stringify(questions.train[0], null, 2)}
\`\`\`

## Limits

English, one style, one address domain, plain text, no attachments. Good results here say that a policy learnt to search, choose,
read and copy; they do not say how it does on real mail.
`;
}
