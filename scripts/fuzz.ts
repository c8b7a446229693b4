/** `npm run test:fuzz`: feeds every parser with bytes near those of right files, and tells what breaks or hangs. */
import { createHash } from 'node:crypto';
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInput, type Order, type Report } from './fuzz/protocol';
import { TARGETS } from './fuzz/targets';
import { CommandError, ownOptions, runCommand } from './runtime/command';
import { EXIT } from './runtime/exit-codes';
import { outputPath, repositoryPath } from './runtime/paths';
import { programBeside } from './runtime/program';
import { readWhole } from './runs/numbers';

const USAGE = `
Feeds every parser with bytes near those of right files. Whatever they are, a parser ends and throws nothing but the errors of
the catalogue; what else it does is a finding, made as small as it gets, and its input is kept.

  npm run test:fuzz -- [--minutes N] [--seed N] [--only TEXT] [--out DIR]

--minutes 10 is the time of all targets together; --only takes those whose name contains TEXT. Inputs that break something or
take more than 30 seconds go to --out (outputs/fuzz). Ends with status 1 where there are any.
`;
/** An input that is read for longer hangs, for whoever waits for it. */
const HANGS_AFTER = 30_000;

interface Fed {
  readonly inputs: number;
  /** Seconds. */
  readonly slowest: number;
  readonly finding: Finding | null;
}

interface Finding {
  readonly target: string;
  readonly message: string;
  readonly input: Uint8Array;
}

await runCommand(USAGE, async () => {
  const options = ownOptions('test:fuzz', process.argv.slice(2), ['minutes', 'seed', 'only', 'out']);
  const minutes = readWhole('minutes', options['minutes'], 10, 1);
  const seed = readWhole('seed', options['seed'], Date.now() % 1_000_000, 0);
  const only = options['only'] ?? '';
  const targets = TARGETS.filter(({ name }) => name.includes(only));
  if (targets.length === 0)
    throw new CommandError(
      `No target's name contains '${only}'; there are ${TARGETS.map(({ name }) => name).join('; ')}.`,
    );
  const out = options['out'] === undefined ? repositoryPath('outputs/fuzz') : outputPath(options['out']);
  const milliseconds = (minutes * 60_000) / targets.length;
  console.log(`${targets.length} targets, ${(milliseconds / 1000).toFixed(0)} s each, seed ${seed}`);
  let inputs = 0;
  const findings: Finding[] = [];
  for (const { name } of targets) {
    const result = await feed(name, seed, milliseconds);
    inputs += result.inputs;
    if (result.finding !== null) findings.push(result.finding);
    console.log(
      `${name}: ${result.inputs} inputs, slowest ${result.slowest.toFixed(2)} s${result.finding === null ? '' : `: ${result.finding.message.split('\n')[0]}`}`,
    );
  }
  for (const { target, message, input } of findings) {
    mkdirSync(out, { recursive: true });
    const file = join(
      out,
      `${target.replaceAll(/\W+/g, '-')}-${createHash('sha256').update(input).digest('hex').slice(0, 8)}`,
    );
    writeFileSync(file, input);
    console.log(`\nFINDING in ${target}: ${message}\n  ${input.length} bytes, kept in ${file}`);
  }
  console.log(`\n${inputs} inputs, ${findings.length} findings, seed ${seed}`);
  if (findings.length > 0) process.exitCode = EXIT.failed;
});

/** One target in a process of its own, which is ended when it hangs. */
function feed(target: string, seed: number, milliseconds: number): Promise<Fed> {
  return new Promise((resolve) => {
    const file = join(tmpdir(), `mailgym-fuzz-${process.pid}`);
    rmSync(file, { force: true });
    const child = fork(programBeside('fuzz/feeder', import.meta.url), { serialization: 'advanced' });
    const order: Order = { target, seed, milliseconds, file };
    child.send(order);
    const input = () => (existsSync(file) ? readInput(file) : { count: 0, bytes: new Uint8Array() });
    let fed: Fed | null = null;
    let last = { count: 0, since: performance.now() };
    const watch = setInterval(() => {
      const { count, bytes } = input();
      if (count !== last.count) last = { count, since: performance.now() };
      else if (count > 0 && fed === null && performance.now() - last.since > HANGS_AFTER) {
        const message = `not ended after ${HANGS_AFTER / 1000} s`;
        fed = { inputs: count, slowest: HANGS_AFTER / 1000, finding: { target, message, input: bytes } };
        child.kill('SIGKILL');
      }
    }, 1000);
    child.on('message', ({ inputs, slowest, failure }: Report) => {
      fed = { inputs, slowest, finding: failure === null ? null : { target, ...failure } };
    });
    child.on('close', (status, signal) => {
      clearInterval(watch);
      const { count, bytes } = input();
      rmSync(file, { force: true });
      const message = `its process ended with ${status ?? signal ?? 'nothing'} (out of memory, or an error outside of any call)`;
      resolve(fed ?? { inputs: count, slowest: 0, finding: { target, message, input: bytes } });
    });
  });
}
