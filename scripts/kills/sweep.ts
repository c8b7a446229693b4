/** A sweep of eight runs in two shards, one of them killed in the middle and started again, against an undisturbed one. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/random/philox';
import { CommandError } from '../runtime/command-error';
import { watch, type Watched } from './child';

const GRID = [
  '--preset',
  'smoke',
  '--set',
  'learningRate=1e-3,2e-3',
  '--set',
  'mode=masked,rollout',
  '--seeds',
  '2',
];
const MORE = [
  '--set',
  'maxSteps=4',
  '--set',
  'evalSteps=2',
  '--set',
  'runBaselineEval=true',
  '--test-questions',
  '4',
];

/** @returns the files of the report that differ @throws CommandError when a part fails by itself */
export async function killedSweep(
  work: string,
  seed: number,
  log: (line: string) => void,
): Promise<string[]> {
  const sweep = (folder: string, more: readonly string[], kill?: () => number | null): Promise<Watched> =>
    watch(
      'sweep',
      [...GRID, ...MORE, '--work', folder, ...more],
      kill === undefined ? {} : { kill: (when) => (when === 'start' ? kill() : null), whole: false },
    );
  const [whole, shared] = [join(work, 'sweep-undisturbed'), join(work, 'sweep-shards')];
  for (const folder of [whole, shared]) rmSync(folder, { recursive: true, force: true });
  const base = await sweep(whole, []);
  if (base.status !== 0) throw failed('The undisturbed sweep', base);
  log(`sweep: undisturbed in ${(base.took / 1000).toFixed(0)} s`);
  // Half of the work is a shard's; its middle half is "the middle".
  const after = (0.25 + 0.5 * new Random(seed, 'kills').uniform()) * (base.took / 2);
  const killed = await sweep(shared, ['--shard', '1/2'], () => after);
  if (killed.status !== null) throw failed('The shard that was to be killed', killed);
  log(
    `sweep: shard 1/2 killed after ${(after / 1000).toFixed(0)} s, with ${killed.lines.filter((line) => /Ended after step/.test(line)).length} of 4 runs ended`,
  );
  const second = await sweep(shared, ['--shard', '2/2']);
  if (second.status !== 0) throw failed('Shard 2/2', second);
  const again = await sweep(shared, ['--shard', '1/2']);
  if (again.status !== 0) throw failed('Shard 1/2, started again,', again);
  return ['index.html', 'data.json'].filter(
    (file) =>
      readFileSync(join(whole, 'report', file), 'utf8') !==
      readFileSync(join(shared, 'report', file), 'utf8'),
  );
}

function failed(what: string, { status, lines }: Watched): CommandError {
  return new CommandError(`${what} ended with status ${status}:\n${lines.slice(-12).join('\n')}`);
}
