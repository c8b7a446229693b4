/**
 * `npm test`: readies this machine, then runs every check in order, whatever fails on the way. `-- --junit FILE` also writes
 * the results as JUnit XML.
 * Ends with `N passed, N failed` (each test counts; a stage without tests of its own, formatting for one, counts as one) and status 1 if any failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError, ownOptions } from './runtime/command';
import { EXIT } from './runtime/exit-codes';
import { REPOSITORY } from './runtime/page';
import { outputPath } from './runtime/paths';
import { LIGHT_MODEL, lightWeights } from './real/light';
import { ensureBrowser } from './setup/browser';
import { ensureDriver } from './setup/driver';
import { SetupError } from './setup/system';
import { countPlaywright, countVitest, type Count } from './test/count';
import { junitXml, playwrightCases, vitestCases, type Suite, type TestCase } from './test/junit';

interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Environment of its own; or why the stage cannot run here, which is told and fails nothing. */
  readonly ready?: () => Promise<Readonly<Record<string, string>> | { readonly skip: string }>;
  /** Reads the stage's own report; without one the stage counts as a single test. */
  readonly count?: (report: unknown) => Count;
  /** The same report, test by test. */
  readonly cases?: (report: unknown) => TestCase[];
}

const REPORTS = join(REPOSITORY, '.cache', 'reports');
const vitest = (project: string, ...more: readonly string[]): Stage => ({
  name: `${project} tests`,
  command: ['vitest', 'run', '--project', project, ...more, ...reporters(`${project} tests`)],
  count: countVitest,
  cases: vitestCases,
});

const STAGES: readonly Stage[] = [
  { name: 'format', command: ['prettier', '--check', '.'] },
  { name: 'lint', command: ['eslint', '.', '--max-warnings', '0'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'API docs', command: ['typedoc', '--emit', 'none'] },
  { name: 'rooms', command: ['tsx', 'scripts/rooms.ts'] },
  // By itself Vitest leaves one core idle.
  vitest('unit', '--maxWorkers=100%'),
  { name: 'package', command: ['tsx', 'scripts/package/test.ts'] },
  vitest('gpu'),
  {
    ...vitest('real'),
    ready: async () => {
      const { path, why } = await lightWeights(console.log).catch((error: unknown) => ({
        path: null,
        why: `no weights: ${String(error)}`,
      }));
      return path === null ? { skip: why } : { [LIGHT_MODEL]: path };
    },
  },
  {
    name: 'e2e tests',
    command: ['playwright', 'test', '--reporter=list,json'],
    count: countPlaywright,
    cases: playwrightCases,
  },
];

/** A wrong option ends everything before it begins. */
function readOptions(): ReturnType<typeof ownOptions> {
  try {
    return ownOptions('test', process.argv.slice(2), ['junit']);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    process.exit(EXIT.misused);
  }
}

function reporters(name: string): string[] {
  return [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath(name)}`,
    '--passWithNoTests',
  ];
}

function reportPath(name: string): string {
  return join(REPORTS, `${name.replaceAll(' ', '-')}.json`);
}

async function run({ name, command, ready, count, cases }: Stage): Promise<Count> {
  const own = (await ready?.()) ?? {};
  if ('skip' in own) {
    skipped.push(`${name}: ${own.skip}`);
    suites.push({ name, seconds: 0, cases: [], skipped: own.skip });
    return { passed: 0, failed: [] };
  }
  console.log(`\n== ${name}: ${command.join(' ')}`);
  const report = reportPath(name);
  rmSync(report, { force: true });
  const started = performance.now();
  const [program = '', ...rest] = command;
  const { status } = spawnSync(process.execPath, [binary(program), ...rest], {
    cwd: REPOSITORY,
    stdio: 'inherit',
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, ...own },
  });
  const took = (performance.now() - started) / 1000;
  const seconds = took.toFixed(1);
  const asWhole = status === 0 ? [] : [`${program} ended with status ${status ?? 'unknown'}`];
  let result: Count = { passed: 1 - asWhole.length, failed: asWhole };
  let listed: readonly TestCase[] = [];
  if (count !== undefined && existsSync(report)) {
    const written: unknown = JSON.parse(readFileSync(report, 'utf8'));
    const counted = count(written);
    listed = cases?.(written) ?? [];
    // A runner can fail without a failing test: an unhandled error, for one.
    result = { passed: counted.passed, failed: counted.failed.length > 0 ? counted.failed : asWhole };
  }
  // What failed without a test that tells it, and stages without tests, are one test each.
  if (listed.length === 0 || (asWhole.length > 0 && listed.every(({ failure }) => failure === null)))
    listed = [...listed, { name, place: name, seconds: took, failure: asWhole[0] ?? null }];
  suites.push({ name, seconds: took, cases: listed, skipped: null });
  console.log(`== ${name}: ${result.passed} passed, ${result.failed.length} failed, ${seconds} s`);
  return result;
}

/** The program's script, so that no shell stands in between. */
function binary(name: string): string {
  const packageOf: Readonly<Record<string, string>> = { tsc: 'typescript' };
  const folder = join(REPOSITORY, 'node_modules', packageOf[name] ?? name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin[name];
  if (script === undefined) throw new Error(`${folder} has no program ${name}`);
  return join(folder, script);
}

const { junit } = readOptions();
mkdirSync(REPORTS, { recursive: true });
let passed = 0;
const suites: Suite[] = [];
const skipped: string[] = [];
const failed: string[] = [];
console.log('== set-up');
try {
  ensureBrowser(console.log);
  await ensureDriver(console.log);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  // The stages that need what is missing fail on their own; the others still tell something.
  console.error(`setup: ${error.message}`);
  failed.push(`set-up: ${error.message}`);
  const cases = [{ name: 'set-up', place: 'set-up', seconds: 0, failure: error.message }];
  suites.push({ name: 'set-up', seconds: 0, cases, skipped: null });
}
for (const stage of STAGES) {
  const result = await run(stage);
  passed += result.passed;
  failed.push(...result.failed.map((test) => `${stage.name}: ${test}`));
}
for (const stage of skipped) console.log(`\nSKIPPED ${stage}`);
for (const test of failed) console.log(`\nFAILED ${test}`);
if (junit !== undefined) {
  const file = outputPath(junit);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, junitXml(suites));
}
console.log(`\n${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? EXIT.failed : EXIT.done;
