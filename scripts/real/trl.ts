/** The folder of `npm run export -- --to trl`, trained by TRL: its rollouts and its adapter against ours. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { schemaNear } from '../../src/env/settings';
import { CONFIG_FILE } from '../../src/report/run-files';
import { evaluateAdapter } from '../../src/run/evaluate';
import { adapterOnDisk } from '../../src/run/platform/adapter-node';
import { Session } from '../../src/run/session';
import { resolveSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';
import { nodeFiles } from '../runtime/node-platform';
import { REPOSITORY } from '../runtime/page';
import { openToServe } from '../serve-environment/open';
import { SetupError, type Log } from '../setup/system';
import { writeTrlFolder } from '../trl/write';
import { type Referees, refereeScript, runPython } from './referees';
import { atMost, type Row } from './report';
import { compareRecorded, type Recorded } from './trl/replay';

const REQUIREMENTS = fileURLToPath(new URL('../trl/folder/requirements.txt', import.meta.url));
/** Two steps of four groups of eight: 64 rollouts. */
const RUN = { environment: 'mail', maxSteps: 2, batchSize: 4, numGenerations: 8, evalDatasetSize: 8 };
const ROLLOUTS = 64;
const REWARD_BOUND = 1e-6;
/** What `accelerate launch` is given before train.py; null for none. */
const LAUNCHES = {
  'one process': null,
  'two processes': ['--config_file', 'accelerate/cpu.yaml', '--num_processes', '2'],
} as const;

/** @throws SetupError when the referees' environment lacks what the folder asks for */
export async function trlRows(webgpu: GPU, referees: Referees, log: Log): Promise<Row[]> {
  assertInstalled(referees);
  const base = mkdtempSync(join(tmpdir(), 'mailgym-trl-'));
  const [run, out] = [join(base, 'run'), join(base, 'folder')];
  mkdirSync(run);
  const { settings } = resolveSettings({ values: RUN }, schemaNear(RUN.environment));
  writeFileSync(join(run, CONFIG_FILE), JSON.stringify(settings));
  for (const line of await writeTrlFolder({ run, which: null, model: null, out })) log(`  ${line}`);
  const server = await startServer(out);
  try {
    const rows: Row[] = [];
    for (const [launch, options] of Object.entries(LAUNCHES)) {
      const name = launch.replace(' ', '-');
      const accelerate = options === null ? [] : ['-m', 'accelerate.commands.launch', ...options];
      const words = ['train.py', '--output', name, '--record', `${name}.jsonl`];
      train(referees.python, [...accelerate, ...words], out, server.url);
      const files = options === null ? [0] : [0, 1];
      const records = files.flatMap((rank) => readRecords(join(out, `${name}.jsonl.${rank}`)));
      rows.push(...(await rolloutRows(`TRL, ${launch}`, settings, records)));
      rows.push(await adapterRow(webgpu, `TRL, ${launch}`, settings, join(out, name, 'final')));
    }
    return rows;
  } finally {
    server.stop();
    rmSync(base, { recursive: true, force: true });
  }
}

function assertInstalled({ python, cache }: Referees): void {
  const { versions } = JSON.parse(runPython(python, [refereeScript('locate'), REQUIREMENTS, cache])) as {
    readonly versions: Readonly<Record<string, string | null>>;
  };
  const missing = Object.entries(versions).filter(([, version]) => version === null);
  if (missing.length === 0) return;
  throw new SetupError(
    `${python} lacks ${missing.map(([name]) => name).join(', ')}. Get them with ${python} -m pip install -r ${REQUIREMENTS}`,
  );
}

interface Started {
  readonly url: string;
  stop(): void;
}

/** As the folder's serve.sh starts it, at any free port. */
async function startServer(folder: string): Promise<Started> {
  const words = ['--import', 'tsx', 'scripts/serve-environment.ts', '--config', 'environment.json'];
  const child = spawn(process.execPath, words, {
    cwd: REPOSITORY,
    env: { ...process.env, INIT_CWD: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Serving at (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { url, stop: () => void child.kill('SIGTERM') };
  }
  throw new SetupError('The environment of the folder was not served; what is above says why.');
}

function train(python: string, words: readonly string[], folder: string, url: string): void {
  const { status, stderr } = spawnSync(python, words, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false', MAILGYM_SERVER: url },
  });
  if (status === 0) return;
  throw new SetupError(`${words.join(' ')} failed: ${stderr.trim().split('\n').slice(-8).join('\n')}`);
}

function readRecords(path: string): Recorded[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Recorded);
}

async function rolloutRows(part: string, settings: Settings, records: readonly Recorded[]): Promise<Row[]> {
  const opened = await openToServe(nodeFiles(), settings, () => undefined);
  try {
    const { completions, prompts, results, reward, distinct } = await compareRecorded(opened, records);
    return [
      {
        part,
        what: 'rollouts recorded, and different rewards among them',
        found: `${completions}, ${distinct}`,
        beside: '',
        bound: `= ${ROLLOUTS}, ≥ 2`,
        isMet: completions === ROLLOUTS && distinct > 1,
      },
      atMost({ part, what: 'rewards, largest distance' }, reward, REWARD_BOUND),
      atMost({ part, what: 'rollouts with other tool results' }, results, 0),
      atMost({ part, what: 'prompts of other tokens' }, prompts, 0),
    ];
  } finally {
    opened.dispose();
  }
}

/** The way back: our engine plays with the adapter that TRL wrote. */
async function adapterRow(webgpu: GPU, part: string, settings: Settings, folder: string): Promise<Row> {
  const session = new Session({ webgpu, ...nodeFiles() });
  try {
    const adapter = await adapterOnDisk(folder);
    const report = await evaluateAdapter(session, settings, 'validation', adapter, () => undefined);
    return {
      part,
      what: `its adapter evaluated here, ${report.questions} questions: mean reward`,
      found: report.reward.toFixed(3),
      beside: '',
      bound: 'loads',
      isMet: report.questions === settings.evalDatasetSize && Number.isFinite(report.reward),
    };
  } finally {
    session.dispose();
  }
}
