/** TRL's trainer in a Python process of the user's, as a contestant. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TokenId } from '../../../../src/tokens/types';
import type { PhasedStep, StepTask } from '../../grpo-step';

/** What a step answers; milliseconds. */
interface StepAnswer extends PhasedStep {
  readonly gradNorm: number;
}

export interface TrlProcess {
  /** Versions and threads, for the report. */
  readonly about: string;
  /** Log-probs of a sequence under the policy as it is; 0 at its first token. Nats. */
  score(ids: readonly TokenId[]): Promise<readonly number[]>;
  step(): Promise<StepAnswer>;
  dispose(): void;
}

/**
 * Starts the trainer and waits until it has its model.
 * @param python interpreter that has trl, peft, transformers and torch
 * @param batch sequences in one pass of the update
 * @throws Error with the last lines that the process wrote, when it ends
 */
export async function startTrl(python: string, task: StepTask, batch: number): Promise<TrlProcess> {
  const scratch = mkdtempSync(join(tmpdir(), 'mailgym-trl-'));
  const script = fileURLToPath(new URL('./step.py', import.meta.url));
  const child = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TOKENIZERS_PARALLELISM: 'false', HF_HUB_OFFLINE: '1' },
  });
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`TRL's process ended (${code}): ${tail.trim()}`)));
  });
  ended.catch(() => undefined);
  // Writing to a process that could not be started fails here too; `ended` says why.
  child.stdin.on('error', () => undefined);
  const dispose = (): void => {
    child.kill();
    rmSync(scratch, { recursive: true, force: true });
  };
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (message: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await Promise.race([lines.next(), ended]);
    // Its output ends before it is known to have, and how.
    if (done === true) return ended;
    return JSON.parse(value) as unknown;
  };
  type Ready = { readonly trl: string; readonly torch: string; readonly threads: number };
  const { ready } = await (ask({ ...task, batch, scratch }) as Promise<{ readonly ready: Ready }>).catch(
    (error: unknown) => {
      dispose();
      throw error;
    },
  );
  return {
    about: `TRL ${ready.trl}, PyTorch ${ready.torch} float32 with ${ready.threads} threads`,
    score: async (ids) => ((await ask({ do: 'score', ids })) as { logprobs: number[] }).logprobs,
    step: async () => (await ask({ do: 'step' })) as StepAnswer,
    dispose,
  };
}
