/** `npm run test:real`: real weights and other people's programs against MailGym. */
import { parseCommandLine } from '../src/settings/arguments';
import { schemaNear } from '../src/env/settings';
import { exportRows } from './real/exports';
import { RANDOM_MODELS } from './real/exports/models';
import { ggufRows } from './real/gguf';
import { greedyRows } from './real/greedy';
import { openReferees, REAL_MODELS, type RealModel } from './real/referees';
import { type Row, table } from './real/report';
import { templatePart } from './real/templates';
import { trlRows } from './real/trl';
import { weightsRows } from './real/weights';
import { CommandError, runCommand } from './runtime/command';
import { ensureDriver } from './setup/driver';

const PARTS = ['gguf', 'weights', 'greedy', 'templates', 'exports', 'trl'] as const;
type Part = (typeof PARTS)[number];

const USAGE = `
Holds MailGym against PyTorch, transformers, PEFT, llama.cpp, ONNX Runtime and TRL, on SmolLM2-135M and Gemma 3 270M.

  npm run test:real -- [--only PARTS] [--models smollm2,gemma3] [--prompts 50] [--tokens 64]
                       [--families NAMES] [--python-env DIR] [--offline]

Parts: ${PARTS.join(', ')}. --families says which small random models exports are tried with
(${Object.keys(RANDOM_MODELS).join(', ')}). The first run makes a Python environment in the user's cache folder (MAILGYM_CACHE puts it
elsewhere): about 3 GB to download, 6.4 GB of disk, weights included. Later runs ask no network for anything; --offline
makes sure. --python-env, or MAILGYM_PYTHON_ENV, names an environment that has the packages of
scripts/real/requirements.txt. Ends with status 1 when a bound is missed. All parts take an hour or two on two cores.
`;

await runCommand(USAGE, async () => {
  const { options, flags, positional } = parseCommandLine(
    process.argv.slice(2),
    schemaNear(undefined),
    ['only', 'models', 'families', 'prompts', 'tokens', 'python-env'],
    ['offline'],
  );
  const [stray] = [...Object.keys(flags).map((name) => `--${name}`), ...positional];
  if (stray !== undefined) throw new CommandError(`${stray} is no option of test:real; see --help.`);
  const parts = chosen('only', options['only'], PARTS);
  const models = chosen<RealModel>('models', options['models'], REAL_MODELS);
  const families = chosen('families', options['families'], Object.keys(RANDOM_MODELS));
  const size = {
    prompts: count('prompts', options['prompts'], 50),
    tokens: count('tokens', options['tokens'], 64),
  };
  const referees = openReferees(
    {
      environment: options['python-env'] ?? process.env['MAILGYM_PYTHON_ENV'] ?? null,
      offline: options['offline'] === 'true',
    },
    console.log,
  );
  const webgpu = await ensureDriver(console.log);
  const run: Readonly<Record<Part, () => Promise<readonly Row[]>>> = {
    gguf: () => ggufRows(webgpu, referees, models, console.log),
    weights: () => weightsRows(webgpu, referees, models, console.log),
    greedy: () => greedyRows(webgpu, referees, models, size, console.log),
    templates: () => templatePart(referees.templates),
    exports: () => exportRows(webgpu, referees, models, families, console.log),
    trl: () => trlRows(webgpu, referees, console.log),
  };
  const all: Row[] = [];
  for (const part of parts) {
    console.log(`\n== ${part}`);
    const rows = await run[part]();
    console.log(table(rows));
    all.push(...rows);
  }
  const missed = all.filter(({ isMet }) => !isMet);
  for (const { part, what, found, bound } of missed)
    console.log(`\nMISSED ${part}: ${what} is ${found}, bound ${bound}`);
  console.log(`\n${all.length - missed.length} bounds met, ${missed.length} missed`);
  if (missed.length > 0) process.exitCode = 1;
});

function chosen<T extends string>(name: string, given: string | undefined, all: readonly T[]): readonly T[] {
  if (given === undefined) return all;
  const names = given.split(',').map((word) => word.trim());
  const unknown = names.find((word) => !(all as readonly string[]).includes(word));
  if (unknown !== undefined) {
    throw new CommandError(
      `${name} is '${unknown}'; allowed: ${all.join(', ')}, several with commas between.`,
    );
  }
  return all.filter((one) => names.includes(one));
}

function count(name: string, given: string | undefined, most: number): number {
  const value = given === undefined ? most : Number(given);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new CommandError(`${name} is '${given ?? ''}'; allowed: a whole number from 1 to ${most}.`);
  }
  return value;
}
