import { expect, test } from 'vitest';
import type { RunEvent } from '../src/grpo/types';
import { eventChannel } from './events';

test('delivered waits until the page has handled the last event, and survives its failure', async () => {
  const handled: string[] = [];
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  const { send, delivered } = eventChannel(async (event: RunEvent) => {
    await gate;
    handled.push(event.kind);
    if (event.kind === 'end') throw new Error('the page failed');
  });
  await delivered();
  send({ kind: 'log', line: '' });
  send({ kind: 'end', reason: 'stopped', step: 1 });
  const done = delivered().then(() => handled.push('delivered'));
  release();
  await done;
  expect(handled).toEqual(['log', 'end', 'delivered']);
});
