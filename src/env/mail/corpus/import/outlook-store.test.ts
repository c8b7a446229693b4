/** Stores of Outlook: the library that reads them is stood in for, since no store is small enough to keep here. */
import { afterEach, expect, it, vi } from 'vitest';
import { readable, type ByteSource } from './bytes';
import { importMail, type ImportProgress } from './mail';

interface Stored {
  readonly subject: string;
  readonly headers?: string;
}

const store = vi.hoisted(() => ({ messages: [] as Stored[], readAt: [] as number[] }));

vi.mock('pst-extractor', () => ({
  PSTFile: class {
    readSync(_buffer: Buffer, _length: number, _position: number): number {
      throw new Error('for the class that reads the source');
    }
    getRootFolder() {
      for (const at of store.readAt) this.readSync(Buffer.alloc(100_000), 100_000, at);
      const left = [...store.messages];
      return {
        displayName: 'Inbox',
        contentCount: left.length,
        hasSubfolders: false,
        getNextChild: () => stored(left.shift()),
      };
    }
  },
}));

function stored(message: Stored | undefined): object | null {
  if (message === undefined) return null;
  return {
    messageClass: 'IPM.Note',
    numberOfRecipients: 0,
    numberOfAttachments: 0,
    body: 'Body',
    transportMessageHeaders: message.headers ?? '',
    internetMessageId: '',
    inReplyToId: '',
    clientSubmitTime: new Date(0),
    senderName: 'Ann Lee',
    senderEmailAddress: 'ann@x.example',
    subject: message.subject,
  };
}

afterEach(() => {
  store.messages = [];
  store.readAt = [];
});

const SIZE = 1_000_000;
function source(): ByteSource {
  const bytes = new Uint8Array(SIZE);
  bytes.set([0x21, 0x42, 0x44, 0x4e]);
  const part = (start: number, end: number): Uint8Array => bytes.subarray(start, end);
  return {
    ...readable(SIZE, (start, end) => Promise.resolve(part(start, end)), part),
    async *pieces() {
      for (let at = 0; at < SIZE; at += 100_000) yield await Promise.resolve(part(at, at + 100_000));
    },
  };
}

it('refuses a message for the reason that it has, not for one made of it', async () => {
  store.messages = [
    { subject: 'Kept' },
    { subject: 'Gone', headers: 'From: a@x.example\r\nSubject: Gone\r\nX-Mozilla-Status: 0009\r\n' },
  ];
  const outcome = await importMail([{ path: 'o.pst', bytes: source() }]);
  expect(outcome.emails).toMatchObject([{ subject: 'Kept', from: 'ann@x.example', labels: ['Inbox'] }]);
  expect(outcome.reasons).toEqual([{ code: 'corpus/message-deleted', count: 1 }]);
});

it('counts what is read of a store, and never more than it has', async () => {
  const bytesOf = async (readAt: number[]): Promise<number | undefined> => {
    store.messages = [{ subject: 'S' }];
    store.readAt = readAt;
    const told: ImportProgress[] = [];
    await importMail([{ path: 'o.pst', bytes: source() }], { onProgress: (progress) => told.push(progress) });
    return told.at(-1)?.bytes;
  };
  expect(await bytesOf([])).toBe(100_000);
  expect(await bytesOf([500_000, 600_000])).toBe(300_000);
  expect(await bytesOf(Array.from({ length: 30 }, () => 0))).toBe(SIZE);
});
