/** The Python programs that MailGym is held against, in an environment of their own, and the weights. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../../src/engine/files/cache-folder-node';
import { findCommand, runShown, SetupError, type Log } from '../setup/system';

/** Where things lie. */
export interface Referees {
  /** The interpreter. */
  readonly python: string;
  /** GGUF files. */
  readonly models: Readonly<Record<RealModel, string>>;
  /** Chat templates of the TRL wheel. */
  readonly templates: string;
  /** For what is made once: cases of the referees. */
  readonly cache: string;
}

export const REAL_MODELS = ['smollm2', 'gemma3'] as const;
export type RealModel = (typeof REAL_MODELS)[number];
export const MODEL_TITLES: Readonly<Record<RealModel, string>> = {
  smollm2: 'SmolLM2-135M-Instruct (Q4_1)',
  gemma3: 'Gemma 3 270M (Q4_K_M)',
};

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const REQUIREMENTS = here('requirements.txt');
export const refereeScript = (name: string): string => here(`referee/${name}.py`);

/** Measured on Linux, where PyTorch's wheel brings CUDA's libraries along. */
const SIZES = 'about 3 GB to download and 6.4 GB of disk; the weights are 98 and 253 MB of it';

export interface RefereeOptions {
  /** A Python environment to use as it is; null: one of our own in the user's cache. */
  readonly environment: string | null;
  readonly offline: boolean;
}

interface Located {
  readonly versions: Readonly<Record<string, string | null>>;
  readonly smollm2: string | null;
  readonly gemma3: string | null;
  readonly templates: string | null;
}

/** Makes the environment where it is not there. With everything there nothing is asked of a network. @throws SetupError */
export function openReferees({ environment, offline }: RefereeOptions, log: Log): Referees {
  const cache = join(cacheFolder(), 'real');
  mkdirSync(cache, { recursive: true });
  const folder = environment ?? join(cache, 'python');
  const python = interpreter(folder);
  const wanted = pinned(readFileSync(REQUIREMENTS, 'utf8'));
  let found = existsSync(python) ? locate(python, cache) : null;
  let missing = wanted.filter(({ name, version }) => !serves(found?.versions[name], version, environment));
  if (missing.length > 0) {
    const list = missing.map(({ name, version }) => `${name} ${version}`).join(', ');
    if (environment !== null) {
      throw new SetupError(`${folder} lacks ${list}. Install them there, or leave --python-env out.`);
    }
    if (offline) {
      throw new SetupError(
        `${folder} lacks ${list}, and --offline forbids to get them. Run once without it.`,
      );
    }
    install(folder, python, list, log);
    found = locate(python, cache);
    missing = wanted.filter(({ name, version }) => found?.versions[name] !== version);
    if (missing.length > 0)
      throw new SetupError(`pip ended well, but ${missing.map(({ name }) => name).join(', ')} is not there.`);
  }
  const { smollm2, gemma3, templates } = found as Located;
  if (smollm2 === null || gemma3 === null || templates === null) {
    throw new SetupError(
      `The packages of ${folder} hold other files than expected. Remove the folder and run again.`,
    );
  }
  for (const { name, version } of wanted) {
    const own = found?.versions[name];
    if (own !== version) log(`referees: ${name} is ${own ?? 'missing'}, written for ${version}`);
  }
  return { python, models: { smollm2, gemma3 }, templates, cache };
}

/** In a user's own environment any version serves, and is told. */
const serves = (own: string | null | undefined, version: string, environment: string | null): boolean =>
  environment === null ? own === version : typeof own === 'string';

function pinned(text: string): { name: string; version: string }[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', version = ''] = line.split('==');
      return { name, version };
    });
}

const interpreter = (folder: string): string =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

function install(folder: string, python: string, list: string, log: Log): void {
  log(`referees: needs ${list}: ${SIZES}. Made once, in ${folder}; MAILGYM_CACHE puts it elsewhere.`);
  log('referees: llama-cpp-python is built from source, with a C++ compiler and some minutes.');
  if (!existsSync(python)) {
    const own = findCommand(['python3', 'python']);
    if (own === null)
      throw new SetupError('There is no Python 3 on the PATH. Install it, with its venv module.');
    runShown([own, '-m', 'venv', folder], log);
  }
  runShown([python, '-m', 'pip', 'install', '--disable-pip-version-check', '-r', REQUIREMENTS], log);
}

function locate(python: string, cache: string): Located {
  return JSON.parse(runPython(python, [refereeScript('locate'), REQUIREMENTS, cache])) as Located;
}

/** Answers what was printed. @throws SetupError with the last lines of what went wrong */
export function runPython(python: string, args: readonly string[], log?: Log): string {
  const { status, stdout, stderr, error } = spawnSync(python, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    // Whatever is there is there; the hub is asked for nothing.
    env: { ...process.env, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' },
  });
  if (status !== 0) {
    const why = error?.message ?? stderr.trim().split('\n').slice(-6).join('\n');
    throw new SetupError(`${python} ${args.join(' ')} failed: ${why}`);
  }
  for (const line of stdout.split('\n').filter((text) => text !== '')) log?.(`  ${line}`);
  return stdout;
}
