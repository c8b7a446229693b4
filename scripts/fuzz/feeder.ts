/** Feeds one target until its time is over; the process that started it watches for inputs that never end. */
import { openSync } from 'node:fs';
import fc from 'fast-check';
import { MailGymError } from '../../src/errors';
import { near } from './mutate';
import { writeInput, type Order, type Report } from './protocol';
import { TARGETS, type Target } from './targets';

process.once('message', (order: Order) => {
  void feed(order).then((report) => process.send?.(report, () => process.exit()));
});

async function feed({ target: name, seed, milliseconds, file }: Order): Promise<Report> {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined) throw new Error(`There is no target ${name}.`);
  const current = openSync(file, 'w');
  let inputs = 0;
  let slowest = 0;
  const property = fc.asyncProperty(near(target.seeds()), async (bytes) => {
    writeInput(current, ++inputs, bytes);
    const started = performance.now();
    const found = await problemOf(target, bytes);
    slowest = Math.max(slowest, (performance.now() - started) / 1000);
    if (found !== null) throw new Error(found);
  });
  const result = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
  });
  const [input] = result.counterexample ?? [];
  const failure =
    result.failed && input !== undefined ? { input, message: messageOf(result.errorInstance) } : null;
  return { inputs, slowest, failure };
}

/** A failure that is none of the catalogue's: the parser broke. */
async function problemOf({ read }: Target, bytes: Uint8Array): Promise<string | null> {
  try {
    await read(bytes);
    return null;
  } catch (error) {
    if (error instanceof MailGymError) return null;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
