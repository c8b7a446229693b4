import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { counted } from './frames';
import { slowLine } from './slow-line';
import { figuresTable } from './table';

test('frames are told by the gaps between them, tasks by their length', () => {
  const figures = counted([0, 16, 32, 132], [60, 140], 0.132);
  expect(figures).toMatchObject({ frames: 4, p50: 16, most: 100, longTasks: 2, veryLong: 1, longest: 140 });
  expect(counted([], [], 1)).toMatchObject({ frames: 0, p50: 0, most: 0, longest: 0 });
});

test('a slow line passes everything on, counts it, and is as slow as it says', async () => {
  const body = new Uint8Array(50_000).fill(7);
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/b' ? 404 : 200, {
      'x-kept': 'yes',
      'content-type': request.url === '/c' ? 'text/css' : 'image/png',
    });
    response.end(request.url === '/b' ? '' : body);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const line = await slowLine(`http://localhost:${(server.address() as AddressInfo).port}/`, 4);
  const began = performance.now();
  const answer = await fetch(`${line.url}a`);
  expect(answer.headers.get('x-kept')).toBe('yes');
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(body);
  expect(line.bytes()).toBe(50_000);
  // 400,000 bits at 4 a microsecond: never faster.
  expect(performance.now() - began).toBeGreaterThan(95);
  expect((await fetch(`${line.url}b`)).status).toBe(404);
  // Compressed, what is one byte 50,000 times is next to nothing.
  expect(new Uint8Array(await (await fetch(`${line.url}c`)).arrayBuffer())).toEqual(body);
  expect(line.bytes()).toBeLessThan(51_000);
  await line.close();
  server.close();
});

test('the table has every figure, and says on what machine', () => {
  const table = figuresTable(
    {
      seconds: 60,
      tries: 10,
      minutes: 5,
      megabits: 10,
      start: { bytes: 1_234_567, seconds: 1.5 },
      frames: counted([0, 16], [], 60),
      offline: 9,
      memory: { first: { heap: 1e6, renderers: null }, last: { heap: 2e6, renderers: 3e8 } },
      browser: 'Chromium 1',
    },
    { date: new Date('2026-01-02'), load: 0.5 },
  );
  for (const part of [
    '1.2 MB',
    '1.50 s',
    'in 9 of 10',
    '1.0 MB of Java',
    '300.0 MB of all',
    '2026-01-02',
    'load 0.5',
  ])
    expect(table).toContain(part);
});
