import { expect, it } from 'vitest';
import { EnvironmentError } from '../../src/env/errors';
import { OwnDataShelf } from '../../src/run/own-data';
import { MemoryStore } from '../../src/run/stores/memory-store';

const WATCH = { signal: new AbortController().signal, onProgress: () => undefined };

it('opens what an environment keeps once, and hands its actions out by name', async () => {
  const asked: string[] = [];
  const shelf = new OwnDataShelf((environment) => {
    asked.push(environment);
    return Promise.resolve(new MemoryStore());
  });
  const [info, clear] = [await shelf.action('mail', 'info'), await shelf.action('mail', 'clear')];
  expect(await info.run([], WATCH)).toBeNull();
  expect([info.work, clear.work]).toEqual([null, 'mailbox']);
  expect(asked).toEqual(['mail']);
});

it('asks for a folder again where it could not be had', async () => {
  let tries = 0;
  const shelf = new OwnDataShelf(() =>
    ++tries === 1 ? Promise.reject(new Error('no storage')) : Promise.resolve(new MemoryStore()),
  );
  await expect(shelf.action('mail', 'info')).rejects.toThrow('no storage');
  await expect(shelf.action('mail', 'info')).resolves.toBeDefined();
});

it.each([
  ['guess', 'info', 'environment/no-own-data', /"guess" keeps nothing of a visitor's own.*: mail/],
  ['constructor', 'info', 'environment/no-own-data', /keeps nothing/],
  ['mail', 'burn', 'environment/no-own-action', /have no "burn"; they have info, add/],
  ['mail', 'toString', 'environment/no-own-action', /have no "toString"/],
] as const)('%s, %s is refused', async (environment, name, code, message) => {
  const refused = new OwnDataShelf(() => Promise.resolve(new MemoryStore())).action(environment, name);
  await expect(refused).rejects.toThrow(EnvironmentError);
  await expect(refused).rejects.toMatchObject({ code });
  await expect(refused).rejects.toThrow(message);
});
