import { expect, it } from 'vitest';
import type { Task } from '../env/types';
import { checkPrompt, longestPrompt } from './prompts';

const task = (id: string): Task => ({ id }) as Task;

it('finds the longest prompt among those with most characters, and renders few', () => {
  const tasks = Array.from({ length: 1000 }, (_, i) => task(String(i)));
  let rendered = 0;
  const found = longestPrompt(
    tasks,
    ({ id }) => Number(id),
    ({ id }) => {
      rendered++;
      return new Array<number>(id === '980' ? 2000 : Number(id)).fill(0);
    },
  );
  // The 980th has fewer characters and more tokens.
  expect(found).toEqual({ task: task('980'), length: 2000 });
  expect(rendered).toBeLessThan(100);
  expect(
    longestPrompt(
      [],
      () => 0,
      () => [],
    ),
  ).toBeNull();
});

it('refuses a context that leaves no room for an answer', () => {
  expect(() => checkPrompt({ task: task('a'), length: 10 }, 11)).not.toThrow();
  expect(() => checkPrompt({ task: task('a'), length: 10 }, 10)).toThrow(
    /prompt of task "a", the longest of this run, has 10 tokens, the context \(maxSeqLength\) 10/,
  );
});
