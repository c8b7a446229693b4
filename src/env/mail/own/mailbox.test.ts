import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runQuestions } from '../../../../scripts/questions/command';
import { OWN_MAIL, takeoutZip } from '../../../../tests/support/own-mail';
import { MemoryStore } from '../../../run/stores/memory-store';
import { loadDataset } from '../corpus/dataset';
import { mailMenu } from '../tasks';
import { OwnMailbox } from './mailbox';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const MAIL = OWN_MAIL.files.map(({ path, text }) => ({ path, bytes: bytes(text) }));

let store: MemoryStore;
let mailbox: OwnMailbox;
beforeEach(() => {
  store = new MemoryStore();
  mailbox = new OwnMailbox(store);
});
/** As another visit finds it. */
const again = (): OwnMailbox => new OwnMailbox(store);
const datasetNow = () => loadDataset(async (path) => (await store.read(path)) ?? '');

describe('adding mail', () => {
  it('stores mail without questions, whose owner it names with the reasons, and finds it on another visit', async () => {
    const report = await mailbox.add([{ path: 'takeout.zip', bytes: takeoutZip() }], 'add');
    expect(report.counts).toEqual({
      messages: OWN_MAIL.count,
      added: OWN_MAIL.count,
      already: 0,
      questions: 0,
    });
    expect(report.rejected.map(({ source }) => source)).toEqual(['takeout.zip/Takeout/archive_browser.html']);
    const info = await again().info();
    expect(info).toMatchObject({
      mails: OWN_MAIL.count,
      days: ['2024-04-01', '2024-04-11'],
      questions: { train: 0, validation: 0, test: 0 },
      owner: { isTold: false, isSure: true },
    });
    expect(info?.bytes).toBeGreaterThan(2000);
    expect(info?.owner.addresses).toMatchObject([
      { address: OWN_MAIL.owner, delivered: 10, sent: 6, because: 'sent' },
      { address: OWN_MAIL.work, delivered: 0, sent: 4, because: 'sent' },
    ]);
    expect(info?.owner.others).toHaveLength(8);
    expect((await again().search('boat shed'))[0]).toMatchObject({ subject: 'Re: Boat shed key' });
    expect(mailMenu(await datasetNow()).inboxes).toEqual([
      { inbox: OWN_MAIL.owner, queryDate: '2024-04-12' },
      { inbox: OWN_MAIL.work, queryDate: '2024-04-12' },
    ]);
  });

  it('counts only what is new, and keeps ids and conversations', async () => {
    await mailbox.add(MAIL.slice(0, 4), 'add');
    const before = (await datasetNow()).emails;
    const report = await again().add([...MAIL, { path: 'one.eml', bytes: bytes(OWN_MAIL.one) }], 'add');
    expect(report.counts).toMatchObject({ messages: 21, added: 17, already: 4 });
    expect(report.rejected).toEqual([]);
    const after = (await datasetNow()).emails;
    expect(after.slice(0, 4)).toEqual(before);
    expect(new Set(after.map(({ id }) => id)).size).toBe(21);
    expect(after.slice(2, 4).map(({ threadId }) => threadId)).toEqual(['m3', 'm3']);
  });

  it('replaces mail with its questions, but not by files without mail', async () => {
    await mailbox.add(MAIL, 'add');
    await mailbox.make(1);
    const none = await mailbox.add([{ path: 'a.pdf', bytes: bytes('%PDF-1.4 \0') }], 'replace');
    expect(none.counts).toMatchObject({ messages: OWN_MAIL.count, added: 0 });
    expect((await mailbox.questions()).length).toBeGreaterThan(0);
    await mailbox.add([{ path: 'one.eml', bytes: bytes(OWN_MAIL.one) }], 'replace');
    expect(await again().info()).toMatchObject({ mails: 1 });
    expect(await again().questions()).toEqual([]);
    expect(await mailbox.search('boat')).toEqual([]);
  });

  it('a file of questions that is wrong stops no mail, and is not taken up again', async () => {
    const wrong = { path: 'questions.jsonl', bytes: bytes('{"question": 1}\n') };
    const report = await mailbox.add([...MAIL, wrong], 'add');
    expect(report.counts).toMatchObject({ added: OWN_MAIL.count, questions: 0 });
    expect(report.rejected[0]).toMatchObject({ source: 'questions.jsonl' });
    await expect(mailbox.add([wrong], 'add')).rejects.toThrow(/questions\.jsonl/);
    expect((await mailbox.add(MAIL, 'add')).rejected).toEqual([]);
  });

  it('says what questions without mail lack, and stores nothing of them', async () => {
    await expect(mailbox.add([{ path: 'qa.jsonl', bytes: bytes('{}') }], 'add')).rejects.toThrow(
      /no mail that they could be about/,
    );
    expect(await mailbox.info()).toBeNull();
    await expect(mailbox.make(1)).rejects.toThrow(/Drop mail first/);
  });

  it('leaves everything as it was when it is stopped', async () => {
    await mailbox.add(MAIL.slice(0, 2), 'add');
    const before = await store.list();
    const controller = new AbortController();
    const stopped = mailbox.add(MAIL, 'add', {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('Stopped.')),
    });
    await expect(stopped).rejects.toThrow('Stopped.');
    expect(await store.list()).toEqual(before);
    expect(await mailbox.info()).toMatchObject({ mails: 2 });
  });

  it('reads what an earlier version of the page has stored', async () => {
    await mailbox.add(MAIL, 'add');
    await mailbox.make(1);
    const questions = await mailbox.questions();
    const manifest = await store.read('dataset.json');
    const earlier = JSON.parse(new TextDecoder().decode(manifest ?? undefined)) as Record<string, unknown>;
    delete earlier['mailbox'];
    delete earlier['owner'];
    await store.write('dataset.json', bytes(JSON.stringify(earlier)));
    expect(await again().info()).toMatchObject({ mails: OWN_MAIL.count, owner: { isSure: true } });
    expect((await again().questions()).map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
  });

  it('goes with everything that was made of it', async () => {
    await mailbox.add(MAIL, 'add');
    await mailbox.make(1);
    await mailbox.search('boat');
    await mailbox.clear();
    expect(await store.list()).toEqual([]);
    expect(await mailbox.info()).toBeNull();
    await expect(mailbox.search('boat')).rejects.toThrow(/No mail is stored/);
  });
});

describe('whose mailbox', () => {
  it('is what somebody says, until he takes it back', async () => {
    await mailbox.add(MAIL, 'add');
    await expect(mailbox.setOwner(['nobody'])).rejects.toThrow(/“nobody” is no address/);
    const told = await mailbox.setOwner([' Ann.Lee@lake.example ', OWN_MAIL.work]);
    expect(told.owner).toMatchObject({ isTold: true, isSure: true });
    expect(told.owner.addresses.map(({ address, because }) => [address, because])).toEqual([
      ['ann.lee@lake.example', 'told'],
      [OWN_MAIL.work, 'told'],
    ]);
    expect(told.owner.others.map(({ address }) => address)).toContain(OWN_MAIL.owner);
    expect((await again().info())?.owner).toEqual(told.owner);
    await again().add([{ path: 'one.eml', bytes: bytes(OWN_MAIL.one) }], 'add');
    expect((await again().info())?.owner.isTold).toBe(true);
    const found = await again().setOwner(null);
    expect(found.owner).toMatchObject({ isTold: false, addresses: [{ address: OWN_MAIL.owner }, {}] });
  });

  it('told, only his mail is asked about', async () => {
    await mailbox.add(MAIL, 'add');
    await mailbox.setOwner([OWN_MAIL.work]);
    await mailbox.make(1);
    const { questions } = await datasetNow();
    const inboxes = new Set(
      Object.values(questions)
        .flat()
        .map(({ inbox }) => inbox),
    );
    expect([...inboxes]).toEqual([OWN_MAIL.work]);
  });
});

describe('questions', () => {
  it('are those of npm run questions on the same mail and seed, byte for byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'own-mail-'));
    try {
      await mkdir(join(folder, 'mail'));
      for (const { path, text } of OWN_MAIL.files) await writeFile(join(folder, 'mail', path), text);
      const out = join(folder, 'q.jsonl');
      const quiet = { info: () => undefined, error: () => undefined };
      expect(await runQuestions(['--mail', join(folder, 'mail'), '--out', out, '--seed', '7'], quiet)).toBe(
        0,
      );
      // As the command finds them.
      await mailbox.add(
        [...MAIL].sort((a, b) => (a.path < b.path ? -1 : 1)),
        'add',
      );
      const report = await mailbox.make(7);
      expect(await again().questionLines()).toBe(await readFile(out, 'utf8'));
      const rows = await mailbox.questions();
      expect(report).toMatchObject({ made: rows.length, kept: 0 });
      expect(rows.length).toBeGreaterThan(10);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('come back from their own file, with splits, kinds and other wordings', async () => {
    await mailbox.add(MAIL, 'add');
    await mailbox.make(1);
    const lines = await mailbox.questionLines();
    const before = await mailbox.questions();
    await mailbox.removeQuestions(before.map(({ id }) => id));
    expect(await mailbox.questions()).toEqual([]);
    await mailbox.add([{ path: 'my-questions.jsonl', bytes: bytes(lines) }], 'add');
    expect(await again().questionLines()).toBe(lines);
    expect((await mailbox.questions()).map(({ paraphrases }) => paraphrases)).toEqual(
      before.map(({ paraphrases }) => paraphrases),
    );
  });

  it('progress is told and making can be stopped', async () => {
    await mailbox.add(MAIL, 'add');
    const told: number[] = [];
    await mailbox.make(1, { onProgress: ({ mails }) => told.push(mails) });
    expect(told).toContain(OWN_MAIL.count);
    const before = await mailbox.questionLines();
    const reason = new Error('Enough.');
    await expect(mailbox.make(2, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await mailbox.questionLines()).toBe(before);
  });

  it('shows the mail with the evidence marked', async () => {
    await mailbox.add(MAIL, 'add');
    await mailbox.make(1);
    const rows = await mailbox.questions();
    const code = rows.find(({ answer }) => answer === '$1,250');
    const [mail] = await mailbox.mailsOf(code?.id ?? '');
    expect(mail?.subject).toBe('Printer lease contract');
    expect(mail?.marks.map(({ field, start, end }) => [field, mail.body.slice(start, end)])).toEqual([
      ['body', '$1,250'],
    ]);
    const none = rows.find(({ emailIds }) => emailIds.length === 0);
    expect(await mailbox.mailsOf(none?.id ?? '')).toEqual([]);
  });
});
