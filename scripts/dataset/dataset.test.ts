import { describe, expect, it } from 'vitest';
import { buildDataset, checkDataset, SPLITS } from './build';
import { dataCard } from './card';
import { FAMILY_COUNTS } from './choose';
import { KINDS, REPORT } from './kinds';
import { I_DONT_KNOW } from './inbox';
import { splitOf } from './names';

const options = { name: 'small', title: 'Small', seed: 5, inboxes: { train: 3, validation: 2, test: 2 } };
const dataset = buildDataset(options);
const all = SPLITS.flatMap((split) => dataset.questions[split]);

describe('the generated data set', () => {
  it('is the same for the same seed, another for another', () => {
    expect(JSON.stringify(buildDataset(options))).toBe(JSON.stringify(dataset));
    expect(dataCard(buildDataset(options))).toBe(dataCard(dataset));
    expect(JSON.stringify(buildDataset({ ...options, seed: 6 }).emails)).not.toBe(
      JSON.stringify(dataset.emails),
    );
  });

  it('can be answered as its traces say', async () => {
    await expect(checkDataset(dataset)).resolves.toBeUndefined();
  });

  it('is refused when a mail does not hold the answer', async () => {
    const [first, ...rest] = dataset.questions.test;
    if (first === undefined) throw new Error('no question');
    const wrong = {
      ...dataset,
      questions: { ...dataset.questions, test: [{ ...first, answer: '??' }, ...rest] },
    };
    await expect(checkDataset(wrong)).rejects.toThrow(first.id);
  });

  it('keeps names and values of the splits apart', () => {
    for (const split of SPLITS) {
      const answers = dataset.questions[split].map(({ answer }) => answer).filter((a) => a !== I_DONT_KNOW);
      // A person's answer is "First Surname": the surname decides.
      for (const answer of answers) {
        const person = /^[A-Z][a-z]+ [A-Z]/.test(answer);
        expect(splitOf(person ? (answer.split(' ')[1] ?? '') : answer), answer).toBe(split);
      }
      for (const { inbox } of dataset.questions[split]) {
        const surname = inbox.split(/[.@]/)[1] ?? '';
        expect(splitOf((surname[0] ?? '').toUpperCase() + surname.slice(1)), inbox).toBe(split);
      }
    }
    const inboxes = SPLITS.map((split) => new Set(dataset.questions[split].map(({ inbox }) => inbox)));
    expect(inboxes.map((set) => set.size)).toEqual([3, 2, 2]);
    expect(new Set(inboxes.flatMap((set) => [...set])).size).toBe(7);
  });

  it('has every family in every split, unique ids, and sources where there is an answer', () => {
    for (const split of SPLITS) {
      const families = new Set(dataset.questions[split].map(({ family }) => family));
      expect([...families].sort()).toEqual(Object.keys(FAMILY_COUNTS).sort());
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(dataset.emails.map(({ id }) => id)).size).toBe(dataset.emails.length);
    for (const { answer, emailIds, trace } of all) {
      expect(emailIds.length > 0).toBe(answer !== I_DONT_KNOW);
      expect(trace?.read !== undefined).toBe(answer !== I_DONT_KNOW);
    }
  });

  it('mixes the families: every beginning is a fair sample', () => {
    const { train } = dataset.questions;
    const share = (list: typeof train): number =>
      list.filter(({ family }) => family === 'single').length / list.length;
    for (const n of [12, 24, 48]) expect(Math.abs(share(train.slice(0, n)) - share(train))).toBeLessThan(0.2);
  });

  it('asks for a corrected fact and keeps the wrong value in an older mail of the same subject', () => {
    const latest = all.filter(({ family }) => family === 'latest');
    expect(latest.length).toBeGreaterThan(0);
    const byId = new Map(dataset.emails.map((email) => [email.id, email]));
    for (const { emailIds, answer } of latest) {
      const correction = byId.get(emailIds[0] ?? '');
      const subject = correction?.subject.replace(/^(Update|Changed): /, '') ?? '';
      const older = dataset.emails.find(
        (email) =>
          email.subject === subject && email.to[0] === correction?.to[0] && email.id !== correction?.id,
      );
      expect(older, subject).toBeDefined();
      expect((older?.date ?? 0) < (correction?.date ?? 0)).toBe(true);
      expect(older?.body).not.toContain(answer);
    }
  });
});

describe('the templates', () => {
  it('use every fact in every body and name the entity in subjects and questions only', () => {
    for (const { subjects, bodies, facts } of [...KINDS, REPORT]) {
      for (const subject of subjects) expect(subject).toContain('{e}');
      for (const body of bodies) {
        expect(body).not.toContain('{e}');
        facts.forEach((_, i) => expect(body).toContain(`{${String(i)}}`));
      }
    }
    for (const { facts } of KINDS) {
      expect(new Set(facts.map(({ type }) => type)).size).toBe(3);
      for (const question of facts.flatMap(({ questions }) => questions)) expect(question).toContain('{e}');
    }
  });

  it('never asks two facts with one question', () => {
    const questions = KINDS.flatMap((kind) => kind.facts.flatMap((fact) => fact.questions));
    expect(new Set(questions).size).toBe(questions.length);
  });
});
