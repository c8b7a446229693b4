/** One run after the other, each killed at random moments and resumed until it ends, against one that nobody disturbed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/random/philox';
import type { Runtime } from '../runtime/command';
import { CommandError } from '../runtime/command-error';
import { watch, type Watched } from './child';
import { differences } from './compare';

export interface Series {
  readonly runtime: Runtime;
  readonly kills: number;
  readonly seed: number;
  readonly work: string;
}

export interface SeriesResult {
  readonly kills: number;
  readonly runs: number;
  /** Runs that ended otherwise than the undisturbed one, and in what. */
  readonly differing: readonly string[];
}

/** Saves after every step, so that many of the kills meet a save; small, for there are many. */
const SETTINGS = [
  '--preset',
  'smoke',
  '--maxSteps',
  '8',
  '--saveSteps',
  '1',
  '--evalSteps',
  '3',
  '--runBaselineEval',
  'true',
];
/** The line with which steps begin, afresh or resumed. */
const BEGINS = /^GRPO, mode /;
/** Kills that one run may suffer before it is let alone. */
const MOST_A_RUN = 6;
/** Share of kills that may come at any time, loading included; the others come once steps have begun. */
const AT_ANY_TIME = 0.25;

/** @throws CommandError when the undisturbed run or a resumed one fails by itself */
export async function killSeries(
  { runtime, kills, seed, work }: Series,
  log: (line: string) => void,
): Promise<SeriesResult> {
  const random = new Random(seed, 'kills');
  const train = (
    folder: string,
    more: readonly string[],
    options: Parameters<typeof watch>[2] = {},
  ): Promise<Watched> =>
    watch('train', ['--runtime', runtime, ...SETTINGS, '--outputDir', folder, ...more], {
      begins: BEGINS,
      ...options,
    });
  const base = join(work, `${runtime}-undisturbed`);
  rmSync(base, { recursive: true, force: true });
  const whole = await train(base, []);
  if (whole.status !== 0) throw failed('The undisturbed run', whole);
  const begun = whole.begun ?? 0;
  const steps = whole.took - begun;
  log(
    `${runtime}: undisturbed in ${(whole.took / 1000).toFixed(1)} s, of which steps ${(steps / 1000).toFixed(1)} s`,
  );
  const differing: string[] = [];
  let done = 0;
  let runs = 0;
  while (done < kills) {
    const folder = join(work, `${runtime}-killed`);
    rmSync(folder, { recursive: true, force: true });
    let own = 0;
    for (;;) {
      const mayDie = own < MOST_A_RUN && done < kills;
      const atAnyTime = random.uniform() < AT_ANY_TIME;
      const share = random.uniform();
      const kill = (when: 'start' | 'begun'): number | null => {
        if (!mayDie || (when === 'start') !== atAnyTime) return null;
        return atAnyTime ? share * begun : share * steps;
      };
      const part = await train(folder, ['--resume', 'latest'], { kill });
      if (part.status === 0) break;
      if (part.status !== null) throw failed(`A run that was killed ${own} times`, part);
      own++;
      done++;
    }
    runs++;
    const found = differences(base, folder);
    const verdict = found.length === 0 ? 'equal' : `differs in ${found.join(', ')}`;
    if (found.length > 0) differing.push(`run ${runs} (${own} kills): ${found.join(', ')}`);
    log(`${runtime}: run ${runs}, killed ${own} times: ${verdict} (${done} of ${kills})`);
    // One that differs stays to be looked at.
    if (found.length > 0) return { kills: done, runs, differing };
  }
  return { kills: done, runs, differing };
}

function failed(what: string, { status, lines }: Watched): CommandError {
  return new CommandError(`${what} ended with status ${status}:\n${lines.slice(-12).join('\n')}`);
}
