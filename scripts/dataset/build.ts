/** The whole data set in memory, and the check that its questions can be answered as their traces say. */
import { parseHermes } from '../../src/chat/parse/hermes';
import { createEpisode } from '../../src/env/mail/episode';
import { expertTexts } from '../pretrain/expert-texts';
import { parsedTurn } from '../../src/conversation/turn';
import { createMailStore } from '../../src/env/mail/corpus/store';
import { CorpusError, type Dataset, type Email, type Question } from '../../src/env/mail/corpus/types';
import { type Split } from '../../src/env/types';
import { Random } from '../../src/random/philox';
import { FAMILY_COUNTS, chooseQuestions } from './choose';
import { buildInbox, type Candidate } from './inbox';

export const SPLITS: readonly Split[] = ['train', 'validation', 'test'];

export interface DatasetOptions {
  readonly name: string;
  readonly title: string;
  readonly seed: number;
  /** Inboxes per split; 100 together at most, as mail ids have two digits for the inbox. */
  readonly inboxes: Readonly<Record<Split, number>>;
}

export function buildDataset({ name, title, seed, inboxes }: DatasetOptions): Dataset {
  const emails: Email[] = [];
  const questions: Record<Split, Question[]> = { train: [], validation: [], test: [] };
  const addresses = new Set<string>();
  let number = 0;
  for (const split of SPLITS) {
    let stream = 0;
    for (let i = 0; i < inboxes[split]; i++) {
      if (number > 99)
        throw new RangeError('A data set holds at most 100 inboxes: ids have two digits for them.');
      let inbox = buildInbox({ seed, number, stream: stream++, split });
      while (addresses.has(inbox.address)) inbox = buildInbox({ seed, number, stream: stream++, split });
      addresses.add(inbox.address);
      emails.push(...inbox.emails);
      const random = new Random(seed, `questions-${split}`, i);
      for (const candidate of chooseQuestions(inbox.candidates, FAMILY_COUNTS, random)) {
        const id = `${split}-${String(questions[split].length + 1).padStart(4, '0')}`;
        questions[split].push(questionOf(id, candidate));
      }
      number++;
    }
  }
  for (const split of SPLITS) {
    questions[split] = spread(questions[split], new Random(seed, `order-${split}`));
  }
  emails.sort((a, b) => (a.id < b.id ? -1 : 1));
  const counts = {
    emails: emails.length,
    questions: {
      train: questions.train.length,
      validation: questions.validation.length,
      test: questions.test.length,
    },
  };
  const splits = { train: 'train.jsonl', validation: 'validation.jsonl', test: 'test.jsonl' };
  const licence = 'CC0-1.0';
  return {
    manifest: { name, title, licence, seed, emailFiles: ['emails.jsonl'], splits, counts },
    emails,
    questions,
  };
}

function questionOf(id: string, candidate: Candidate): Question {
  const question: Question & { asked?: string } = { id, ...candidate };
  delete question.asked;
  return question;
}

/** Random order in which every beginning holds the families in about their shares: any first n are a fair sample. */
function spread(questions: readonly Question[], random: Random): Question[] {
  const families = new Map<string, Question[]>();
  for (const question of random.shuffle(questions)) {
    families.set(question.family, [...(families.get(question.family) ?? []), question]);
  }
  return [...families.values()]
    .flatMap((family) =>
      family.map((question, i) => ({ question, at: (i + random.uniform()) / family.length })),
    )
    .sort((a, b) => a.at - b.at)
    .map(({ question }) => question);
}

/**
 * Plays the expert on every question in the real store, with short snippets and few hits: the search must find the
 * mail, the mail must hold the answer, and no snippet may give it away.
 * @throws CorpusError naming the first question that fails.
 */
export async function checkDataset(
  { emails, questions }: Dataset,
  { searchLimit = 4, snippetTokens = 8 } = {},
): Promise<void> {
  const store = await createMailStore(emails, { snippetTokens });
  try {
    for (const question of SPLITS.flatMap((split) => questions[split])) {
      const episode = createEpisode({
        question,
        store,
        maxTurns: 3,
        score: (_, answer) => answer === question.answer,
        promptStyle: 'compact',
        maxResults: searchLimit,
      });
      expertTexts(question).forEach((text, turn) =>
        episode.step(parsedTurn(text, parseHermes(text), turn), 4000),
      );
      const { rubric, turns } = episode.record;
      const answerable = question.emailIds.length > 0;
      const found = !answerable || (rubric.ever_found_right_email && rubric.sources_correct);
      const held = question.emailIds.every((id) => store.read(id)?.body.includes(question.answer) === true);
      const snippets = (turns[0]?.results[0]?.content ?? '').matchAll(/"snippet":"([^"]*)"/g);
      const leaked =
        answerable && Array.from(snippets).some(([, text]) => text?.includes(question.answer) === true);
      if (!rubric.answer_correct || !found || !held || leaked) {
        throw new CorpusError(
          `Question ${question.id} ("${question.question}") cannot be answered as its trace says: ` +
            `correct ${rubric.answer_correct}, found ${found}, held by its mails ${held}, leaked by a snippet ${leaked}. ` +
            'Mend the templates, or choose another seed.',
        );
      }
    }
  } finally {
    store.close();
  }
}
