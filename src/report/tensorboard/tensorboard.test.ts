import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../grpo/types';
import { metricsOf } from '../../../tests/support/records';
import { Board, eventFileName, isOwnEventFile } from './board';
import { fileVersion, scalars, sessionStart } from './event';
import { crc32c } from './record';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('CRC-32C of RFC 3720, appendix B.4', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
});

/** What tensorboard 2.20.0 writes for the same events (its own Event, Summary and masked_crc32c). */
describe('the bytes that TensorBoard itself writes', () => {
  test('for the version of a file', () => {
    expect(hex(fileVersion(1_700_000_000.5))).toBe(
      '1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110',
    );
  });
  test('for the start of a session', () => {
    expect(hex(sessionStart({ seconds: 1_700_000_001.25, step: 3 }))).toBe(
      '0f000000000000006d532b090900005040fc54d94110033a020801ca4a9a0b',
    );
  });
  test('for scalars', () => {
    expect(
      hex(scalars({ seconds: 1_700_000_002, step: 300 }, { 'train/loss': -0.125, 'train/rewards/ä': 1e-3 })),
    ).toBe(
      '3a000000000000001295eae20900008040fc54d94110ac022a2c0a110a0a747261696e2f6c6f737315000000be0a170a10747261696e2f726577617264732fc3a4156f12833a89d2de3c',
    );
  });
});

/** Data of the records, as text where it is text: enough to see which tags were written. */
function records(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset + at).getBigUint64(0, true));
    found.push(Buffer.from(bytes.subarray(at + 12, at + 12 + length)).toString('latin1'));
    at += 16 + length;
  }
  return found;
}

test('a run: steps, evaluations and supervised steps by tag, a session anew where steps are told again', () => {
  const parts: Uint8Array[] = [];
  const board = new Board(
    (bytes) => parts.push(bytes),
    () => 1_700_000_000_000,
  );
  const step = (n: number): RunEvent => ({ kind: 'step', metrics: { ...metricsOf(n, {}), kl: null } });
  const evaluation = {
    step: 2,
    split: 'validation',
    accuracy: 0.5,
    avgReward: 1,
    beatRate: null,
    seconds: 2,
    metrics: { found: 1 },
    rewards: { right: 0.5, none: null },
  };
  board.follow({ kind: 'log', line: 'x' });
  for (const event of [
    step(1),
    step(2),
    { kind: 'evaluation', summary: evaluation } as unknown as RunEvent,
    step(2),
    step(3),
  ])
    board.follow(event);
  const all = records(new Uint8Array(Buffer.concat(parts)));
  const session = /:\x02\x08\x01$/;
  expect(
    all.map((one) => (session.test(one) ? 'session' : /train\/|validation\/|brain/.exec(one)?.[0])),
  ).toEqual([...['brain', 'session', 'train/', 'train/', 'validation/', 'session', 'train/', 'train/']]);
  expect(all[2]).toContain('train/rewardMean');
  for (const absent of ['train/kl', 'train/mode', 'train/step', 'train/maxSteps'])
    expect(all[2]).not.toContain(absent);
  expect(all[4]).toContain('validation/rewards/right');
  expect(all[4]).toContain('validation/found');
  expect(all[4]).not.toMatch(/beatRate|rewards\/none/);
});

test('event files are known by their names', () => {
  expect(eventFileName(1_700_000_000.9)).toBe('events.out.tfevents.1700000000.mailgym');
  expect(isOwnEventFile(eventFileName(12))).toBe(true);
  expect(isOwnEventFile('events.out.tfevents.1700000000.host.1.0')).toBe(false);
});
