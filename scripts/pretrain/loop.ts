/** The training loop of the warm start, stage after stage, over whatever policy and sequences it is given. */
import type { RunStore } from '../../src/run/stores/run-store';
import { LINEAR_TERM } from '../../src/grpo/objectives/linear';
import { isDue } from '../../src/grpo/schedule';
import type { LossConfig, TrainablePolicy } from '../../src/engine/types';
import { passesOf, totalWeight } from './batches';
import { saveCheckpoint, type Checkpoint } from './checkpoint';
import type { TrainingSequence } from './format';
import { likelyFirst, measureHeldOut, PLAIN } from './held-out';
import type { RunOptions } from './options';
import type { Batches } from './stage-data';
import { ADAM, stageRate, type Stage } from './stages';

export const LOG_FILE = 'log.jsonl';

const LOSS: LossConfig = { ...PLAIN, term: LINEAR_TERM, beta: 0, entropyCoef: 0 };

/** In steps. Saving ends a window of the log, so `save` and `evaluate` are multiples of `log`. */
export interface Rhythm {
  readonly log: number;
  readonly evaluate: number;
  readonly save: number;
}
export const RHYTHM: Rhythm = { log: 10, evaluate: 100, save: 50 };

export type LogLine = Readonly<Record<string, unknown>>;

export interface PretrainRun {
  readonly policy: Pick<
    TrainablePolicy,
    'accumulate' | 'update' | 'score' | 'readOptimizer' | 'loadOptimizer'
  >;
  readonly options: RunOptions;
  readonly stages: readonly Stage[];
  readonly store: RunStore;
  readonly rhythm: Rhythm;
  /** Most distinct tokens of one forward and backward pass. */
  readonly passTokens: number;
  readonly batches: (stage: Stage) => Promise<Batches>;
  readonly heldOut: (stage: Stage) => Promise<readonly TrainingSequence[]>;
  /** Called when a stage is over, with its last held-out numbers; answers what else to log about it. */
  readonly onStageEnd: (stage: Stage, heldOut: LogLine) => Promise<LogLine>;
  readonly say: (line: LogLine) => void;
  /** Milliseconds. */
  readonly now: () => number;
  /** Asked after every step; the run ends there, and can be resumed. */
  readonly stopRequested: (stage: Stage, step: number) => boolean;
}

/**
 * Trains from a checkpoint, or from the policy's own weights. Promise: a run that was stopped or killed and resumed
 * gives the same weights, bit for bit, as one that was not.
 */
export async function pretrain(run: PretrainRun, from: Checkpoint | null): Promise<'finished' | 'stopped'> {
  if (from !== null) run.policy.loadOptimizer(from.optimizer);
  const log = await Log.open(run, from?.progress.logLines ?? 0);
  const first = from?.progress.stage ?? 0;
  for (const [index, stage] of [...run.stages.entries()].slice(first)) {
    const done = index === first ? (from?.progress.step ?? 0) : 0;
    const save = async (place: { stage: number; step: number }) =>
      saveCheckpoint(run.store, {
        progress: { format: 2, options: run.options, logLines: log.lines, ...place },
        optimizer: await run.policy.readOptimizer(),
      });
    const heldOut = await run.heldOut(stage);
    const finished = await trainStage(run, stage, log, heldOut, done, (step) => save({ stage: index, step }));
    if (!finished) return 'stopped';
    const numbers = await measureHeldOut(run.policy, heldOut, run.passTokens);
    const more = await run.onStageEnd(stage, numbers);
    await log.write({ stage: stage.name, ended: true, step: stage.steps, ...numbers, ...more });
    await save({ stage: index + 1, step: 0 });
  }
  return 'finished';
}

/** Answers false when it was stopped before the stage's end. */
async function trainStage(
  run: PretrainRun,
  stage: Stage,
  log: Log,
  heldOut: readonly TrainingSequence[],
  done: number,
  save: (step: number) => Promise<void>,
): Promise<boolean> {
  const { policy, rhythm } = run;
  if (done === 0 && !stage.keepsOptimizer) await forgetMoments(policy);
  const batches = await run.batches(stage);
  let window = new Window(run.now());
  for (let step = done + 1; step <= stage.steps; step++) {
    const learningRate = stageRate(step, stage);
    await trainStep(run, batches(step), learningRate, window);
    const last = step === stage.steps;
    const stops = run.stopRequested(stage, step);
    const saves = last || isDue(step, rhythm.save) || stops;
    if (saves || isDue(step, rhythm.log)) {
      await log.write({ stage: stage.name, step, ...window.numbers(run.now()), learningRate });
    }
    if (!last && isDue(step, rhythm.evaluate)) {
      await log.write({
        stage: stage.name,
        step,
        ...(await measureHeldOut(policy, heldOut, run.passTokens)),
      });
    }
    if (saves) await save(step);
    if (stops) return false;
    if (saves || isDue(step, rhythm.log)) window = new Window(run.now());
  }
  return true;
}

async function trainStep(
  { policy, passTokens }: PretrainRun,
  batch: readonly TrainingSequence[],
  learningRate: number,
  window: Window,
): Promise<void> {
  let loss = 0;
  for (const { forest, rows, sampled } of passesOf(batch, totalWeight(batch), passTokens)) {
    const { logprobs } = await policy.accumulate(forest, rows, LOSS);
    logprobs.forEach((logp, r) => {
      loss -= (rows.weight[r] as number) * logp;
      if (sampled[r] !== 1) return;
      window.scored++;
      if (likelyFirst(logp)) window.right++;
    });
  }
  const { gradNorm } = await policy.update({ ...ADAM, learningRate });
  window.steps++;
  window.loss += loss;
  window.gradNorm += gradNorm;
  for (const { ids } of batch) window.tokens += ids.length;
}

/** The optimiser as it is before the first update. */
async function forgetMoments(policy: PretrainRun['policy']): Promise<void> {
  const { parameters } = await policy.readOptimizer();
  const zeros = new Float32Array(parameters.length);
  policy.loadOptimizer({ step: 0, parameters, m: zeros, v: zeros });
}

/** Sums over the steps of one line of the log. */
class Window {
  steps = 0;
  loss = 0;
  gradNorm = 0;
  scored = 0;
  right = 0;
  tokens = 0;
  readonly #began: number;

  constructor(began: number) {
    this.#began = began;
  }

  numbers(now: number): LogLine {
    const seconds = (now - this.#began) / 1000;
    return {
      loss: this.loss / this.steps,
      tokenAccuracy: this.scored === 0 ? null : this.right / this.scored,
      gradNorm: this.gradNorm / this.steps,
      tokens: this.tokens,
      seconds,
      tokensPerSecond: seconds > 0 ? this.tokens / seconds : null,
    };
  }
}

class Log {
  readonly #run: PretrainRun;
  #lines: number;

  private constructor(run: PretrainRun, lines: number) {
    this.#run = run;
    this.#lines = lines;
  }

  /** Lines beyond those the checkpoint knows are of steps that will be done again, and go. */
  static async open(run: PretrainRun, lines: number): Promise<Log> {
    const bytes = (await run.store.read(LOG_FILE)) ?? new Uint8Array();
    const kept = new TextDecoder().decode(bytes).split('\n').slice(0, lines);
    await run.store.write(LOG_FILE, new TextEncoder().encode(kept.map((line) => `${line}\n`).join('')));
    return new Log(run, kept.length);
  }

  get lines(): number {
    return this.#lines;
  }

  async write(line: LogLine): Promise<void> {
    await this.#run.store.append(LOG_FILE, `${JSON.stringify(line)}\n`);
    this.#lines++;
    this.#run.say(line);
  }
}
