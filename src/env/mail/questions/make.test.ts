import { beforeAll, describe, expect, it, vi } from 'vitest';
import { buildDataset, importQuestions, type ImportOutcome } from '../corpus/import';
import { createMailStore } from '../corpus/store';
import type { Email } from '../corpus/types';
import { expertMessages, taskOf } from '../tasks';
import { proposeUnanswerable } from './kinds/unanswerable';
import { questionLines } from './lines';
import { makeQuestions, type MadeQuestions } from './make';

vi.mock('./kinds/unanswerable', { spy: true });

const OWNER = 'me.owner@home.example';
let next = 0;

function email(subject: string, body: string, more: Partial<Email> = {}): Email {
  next++;
  return {
    id: `m${next}`,
    messageId: `${next}@home.example`,
    date: Date.UTC(2024, 2, 1 + next, 12),
    from: 'ann.lee@shop.example',
    to: [OWNER],
    cc: [],
    bcc: [],
    subject,
    body,
    ...more,
  };
}

const SIGNED =
  'The spring catalogue is with the printers.\n\nRegards,\nAnn Lee\nShop Inc.\n713-555-0199\nann@shop.example\n';
const QUOTED = 'Fine with me.\n\n> The stapler costs $45 in all.\n';
const MAILS = [
  email(
    'Printer lease contract',
    'The printer lease costs $1,250 for now. The passcode: 4711 opens the room.',
  ),
  email('Spring catalogue status', SIGNED),
  email('Stapler purchase request', QUOTED, {
    from: 'bob.ray@shop.example',
    marks: [{ kind: 'quote', start: 15, end: QUOTED.length }],
  }),
  email('Weekly sales figures', 'Sales came to $300 this time, which is rather little.'),
  email('Weekly sales figures', 'Sales came to $900 this time, which is a lot better.', {
    date: Date.UTC(2024, 5, 20),
  }),
  email('Garden party invitation', 'The garden party will be at 4 pm behind the old mill.', {
    from: 'carol.fox@shop.example',
  }),
  email('Re: Garden party invitation', 'I will be there, of course, with all of my sisters.', {
    from: OWNER,
    to: ['carol.fox@shop.example'],
  }),
  email(
    'Office plants rota',
    'Please water the office plants while I am away on leave, they need very much of it.',
  ),
  email('Win money now!!!', 'Act now! Click here! To be removed, reply. Casino $$$ !!!'),
  email('hello', 'Nothing much to say. The answer costs $77 today.'),
];

const made = (more: object = {}): Promise<MadeQuestions> => makeQuestions(MAILS, { seed: 5, ...more });

describe('makeQuestions', () => {
  let result: MadeQuestions;
  beforeAll(async () => {
    result = await made();
  });
  const asked = (messageId: string) =>
    result.questions.filter(({ evidence }) => evidence[0]?.messageId === messageId);

  it('asks for values by their label or their kind, with evidence that is the answer', () => {
    const kinds = asked('1@home.example').map(({ kind, answer }) => [kind, answer]);
    expect(kinds).toContainEqual(['code', '4711']);
    expect(kinds).toContainEqual(['amount', '$1,250']);
    for (const { answer, evidence } of result.questions) {
      for (const { messageId, field, start, end } of evidence) {
        const mail = MAILS.find((each) => each.messageId === messageId);
        if (field === 'body') expect(mail?.body.slice(start, end)).toBe(answer);
      }
    }
  });

  it('leaves out signatures, quoted text, spam and subjects that say nothing', () => {
    const answers = result.questions.map(({ answer }) => answer);
    for (const value of ['713-555-0199', 'ann@shop.example', '$45', '$77'])
      expect(answers).not.toContain(value);
    expect(result.skipped).toMatchObject({ spam: 1, 'no-topic': 1 });
  });

  it('tells mails of one subject apart, or does not ask', () => {
    const sums = result.questions.filter(({ answer }) => answer === '$300' || answer === '$900');
    expect(sums.length).toBeGreaterThan(0);
    for (const { question } of sums) expect(question).toMatch(/of (?:March 5|June 20), 2024/);
  });

  it('never says the answer', () => {
    for (const { question, answer } of result.questions) expect(question).not.toContain(answer);
  });

  it('keeps conversations and namesakes in one split, whatever the way', async () => {
    for (const splitBy of ['thread', 'time'] as const) {
      const { questions } = await made({ splitBy });
      const splits = new Map<string, Set<string>>();
      for (const { evidence, split } of questions) {
        const subject =
          MAILS.find(({ messageId }) => messageId === evidence[0]?.messageId)?.subject.replace(/^Re: /, '') ??
          '';
        if (subject !== '') splits.set(subject, (splits.get(subject) ?? new Set()).add(split));
      }
      expect([...splits.values()].every(({ size }) => size === 1)).toBe(true);
      expect(new Set(questions.map(({ split }) => split)).size).toBe(3);
    }
  });

  it('holds people out for testing, and halves what is left', async () => {
    const { questions } = await made({
      isHeldOut: ({ from }: Email) => from.startsWith('carol'),
      stages: true,
      paraphrases: 0,
    });
    const party = questions.filter(({ question }) => /garden party/i.test(question));
    expect(party.length).toBeGreaterThan(0);
    for (const question of questions) {
      expect(question.split === 'test').toBe(party.includes(question));
      expect(question.stage !== undefined).toBe(question.split === 'train');
    }
  });

  it('words training questions again, and only those', () => {
    const again = result.questions.filter(({ paraphraseOf }) => paraphraseOf !== undefined);
    expect(again.length).toBeGreaterThan(0);
    for (const { paraphraseOf, answer, question, split } of again) {
      const first = result.questions.find(({ id }) => id === paraphraseOf);
      expect(first?.answer).toBe(answer);
      expect(first?.question).not.toBe(question);
      expect(split).toBe('train');
    }
  });

  it('is the same for the same mail and seed, and other words for another', async () => {
    const lines = questionLines(result.questions, MAILS);
    expect(questionLines((await made()).questions, MAILS)).toBe(lines);
    expect(questionLines((await made({ seed: 6 })).questions, MAILS)).not.toBe(lines);
  });

  const party = (more: Partial<Email> = {}): Email =>
    email('Summer picnic plan', 'The picnic is on, and everybody comes along with a friend or two.', more);
  const carol = 'carol.fox@shop.example';

  it('names no mail whose Message-ID is another mail’s too', async () => {
    const thread = [
      party({ from: carol }),
      party({ subject: 'Re: Summer picnic plan', from: OWNER, to: [carol], messageId: 'twice@x' }),
      party({ subject: 'Re: Summer picnic plan', from: carol }),
    ];
    const ask = async (namesake: string) =>
      (await makeQuestions([...thread, email('Other thing', 'Text', { messageId: namesake })], { seed: 5 }))
        .questions;
    const named = (questions: readonly { evidence: readonly { messageId: string }[] }[]) =>
      questions.flatMap(({ evidence }) => evidence.map(({ messageId }) => messageId));
    expect(named(await ask('once@x'))).toContain('twice@x');
    expect(named(await ask('twice@x'))).not.toContain('twice@x');
  });

  it('asks who replied only where the whole conversation was looked through', async () => {
    const dan = 'dan.oak@shop.example';
    const fill = (n: number, from: string, to: string): Email[] =>
      Array.from({ length: n }, (_, i) => email(`Ledger entry ${from} ${i}`, 'Text', { from, to: [to] }));
    const ask = async (others: () => Email[]) => {
      const mails = [
        ...fill(12, carol, dan),
        ...['eve', 'fay', 'gus'].flatMap((name) => fill(3, `${name}@shop.example`, OWNER)),
        party({ from: carol }),
        party({ subject: 'Re: Summer picnic plan', from: OWNER, to: [carol] }),
        ...others(),
      ];
      const { questions } = await makeQuestions(mails, { seed: 5 });
      return questions.filter(({ kind }) => kind === 'reply').length;
    };
    expect(await ask(() => [])).toBeGreaterThan(0);
    // The newest mail lies in the owner's mailbox, the reply in Carol's, where somebody else replied as well.
    const others = () => [
      party({ subject: 'Re: Summer picnic plan', from: dan, to: [carol] }),
      party({ subject: 'Re: Summer picnic plan', from: 'eve@shop.example' }),
    ];
    expect(await ask(others)).toBe(0);
  });

  it('looks for nothing that goes unanswered where nothing of it is wanted', async () => {
    vi.mocked(proposeUnanswerable).mockClear();
    await made({ unanswerable: 0 });
    expect(proposeUnanswerable).not.toHaveBeenCalled();
    await made();
    expect(proposeUnanswerable).toHaveBeenCalled();
  });

  it('stops when it is told to, and says how far it is', async () => {
    const told: number[] = [];
    await made({ onProgress: ({ done }: { done: number }) => told.push(done) });
    expect(told).toEqual([0]);
    await expect(made({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });

  it('makes at most so many, and asks what nothing answers', async () => {
    const { questions } = await made({ count: 6, unanswerable: 0.34, paraphrases: 0 });
    expect(questions.length).toBeLessThanOrEqual(6);
    const none = questions.filter(({ emailIds }) => emailIds.length === 0);
    expect(none.map(({ answer }) => answer)).toEqual(none.map(() => "I don't know"));
    expect(none.length).toBeGreaterThan(0);
  });

  it('comes back through its file with split, stage, aliases and an expert in the mailbox’s own ids', async () => {
    const { questions } = await made({ stages: true });
    const mail: ImportOutcome = {
      files: 1,
      emails: MAILS.map((each) => ({ ...each, id: `x-${each.id}` })),
      sourceOf: new Map(),
      idOfMessage: new Map(MAILS.map((each) => [each.messageId, `x-${each.id}`])),
      whyAbsent: new Map(),
      already: 0,
      rejected: [],
      reasons: [],
      shortened: [],
    };
    const asked = await importQuestions(questionLines(questions, MAILS), 'q.jsonl', mail);
    expect(asked.rejected).toEqual([]);
    const dataset = buildDataset({ name: 'd', title: '', licence: '' }, mail, asked);
    const store = await createMailStore(mail.emails);
    for (const { id, split, stage, aliases, expert } of questions) {
      const read = dataset.questions[split].find((each) => each.id === id);
      expect(read).toMatchObject({ aliases, ...(stage === undefined ? {} : { stage }) });
      if (read === undefined) continue;
      const messages = expertMessages(taskOf(read), store, 4) ?? [];
      expect(messages.map(({ tool_calls: calls }) => calls?.[0]?.function.name)).toEqual(
        expert.map(({ name }) => name),
      );
      const ids = JSON.stringify(messages.slice(1)).match(/x-m\d+/g) ?? [];
      expect(ids.every((mailId) => store.read(mailId) !== null)).toBe(true);
    }
    store.close();
  });
});
