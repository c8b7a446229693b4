/** The invented run of the stand-in trainer: events and files in the order and under the names of the real one. */
import { strToU8 } from 'fflate';
import { isDue } from '../../src/grpo/schedule';
import { type EvalSummary, type RunEvent, type RunPhase, type StopReason } from '../../src/grpo/types';
import { TrainingError } from '../../src/errors/training';
import { stepLine } from '../../src/report/console';
import {
  BEST_FOLDER,
  CONFIG_FILE,
  EVAL_LOGS,
  FINAL_FOLDER,
  METRICS_FILE,
  WARM_START_FILE,
} from '../../src/report/run-files';
import type { RunControl } from '../../src/run/train/control';
import type { Settings } from '../../src/settings/settings';
import type { RunResult } from '../../workers/api';
import type { Watching } from '../../src/grpo/types';
import { mockUpdates } from './updates';
import { mockSkill, mockTrajectories } from './episodes';
import { mockEvaluation, mockMetrics, mockWarmStart } from './records';

type OnEvent = (event: RunEvent) => void;

/** What goes wrong, as the address says. */
export interface MockFaults {
  /** Step at which the run dies, and at which the device is lost. */
  readonly failAt: number;
  readonly loseAt: number;
}

export class MockRun {
  readonly #settings: Settings;
  readonly #files: Map<string, Uint8Array>;
  readonly #onEvent: OnEvent;
  readonly #wait: () => Promise<void>;
  readonly #watching: () => Watching;
  #best: number | null = null;
  #saved = 0;

  constructor(
    settings: Settings,
    files: Map<string, Uint8Array>,
    onEvent: OnEvent,
    wait: () => Promise<void>,
    watching: () => Watching,
  ) {
    this.#watching = watching;
    this.#settings = settings;
    this.#files = files;
    this.#onEvent = onEvent;
    this.#wait = wait;
  }

  async toEnd(control: RunControl, faults: MockFaults): Promise<RunResult> {
    const settings = this.#settings;
    await this.#phase('loading', 8, `${settings.model} and ${settings.dataset}`);
    const parts = { weights: 5e6, trained: 1e6, cache: 4e6, activations: 30e6 };
    this.#onEvent({ kind: 'memory', need: { baseWeights: 'f32', peakBytes: 40e6, ...parts } });
    await this.#phase('compiling', 4, '');
    const first = settings.resume === 'no' ? 1 : this.#lastStep() + 1;
    if (first === 1) for (const path of this.#own('')) this.#files.delete(path);
    this.#write(CONFIG_FILE, JSON.stringify(settings));
    if (settings.runBaselineEval && first === 1) await this.#evaluate(0);
    if (first === 1) await this.#warmStart();
    this.#saved = first - 1;
    let step = first - 1;
    let reason: StopReason | null = null;
    while (reason === null) {
      await control.untilFree();
      if (control.stopRequested) {
        reason = 'stopped';
        break;
      }
      this.#follow(step);
      step++;
      await this.#step(step, faults);
      reason = await this.#afterStep(step);
    }
    if (this.#saved !== step) this.#save(step);
    if (reason !== 'stopped') {
      this.#follow(step, true);
      this.#writeAdapter(FINAL_FOLDER, step);
      this.#onEvent({ kind: 'saved', path: FINAL_FOLDER, step });
    }
    this.#onEvent({ kind: 'end', reason, step });
    return { reason, step, bestAccuracy: this.#best, outputDir: settings.outputDir };
  }

  /** As many supervised steps as the settings' expert episodes make. */
  async #warmStart(): Promise<void> {
    const { warmStartEpisodes, warmStartBatchSize, warmStartEpochs } = this.#settings;
    const steps = warmStartEpochs * Math.ceil(warmStartEpisodes / warmStartBatchSize);
    for (let step = 1 - steps; step <= 0; step++) {
      await this.#phase('warm-start', 1, '');
      const metrics = mockWarmStart(this.#settings, step, steps);
      this.#write(WARM_START_FILE, `${this.#read(WARM_START_FILE)}${JSON.stringify(metrics)}\n`);
      this.#onEvent({ kind: 'warm-start', metrics, steps });
    }
  }

  /** One of the invented conversations, right more often the later it is. */
  #follow(step: number, isEnd = false): void {
    const { follow } = this.#watching();
    if (follow === null || (step % follow.every !== 0 && !isEnd)) return;
    const { seed, mode, maxSteps } = this.#settings;
    const [item] = mockTrajectories(seed, 0, mode, mockSkill(mode, step, maxSteps), 1, 1);
    if (item !== undefined) this.#onEvent({ kind: 'followed', step, item });
  }

  async #step(step: number, { failAt, loseAt }: MockFaults): Promise<void> {
    const settings = this.#settings;
    const { seed, mode, maxSteps, batchSize, numGenerations } = settings;
    await this.#phase('rollout', batchSize * numGenerations, `step ${step}/${maxSteps}`);
    if (step === failAt) {
      throw new TrainingError(
        'Step needs 612 MiB for one buffer, the GPU allows 256 MiB. Set microBatchTokens to 2048 or less.',
      );
    }
    if (step === loseAt) {
      throw new TrainingError('The GPU device was lost (reason: unknown) during a dispatch.');
    }
    const skill = mockSkill(mode, step, maxSteps);
    const tried = mockTrajectories(seed, step, mode, skill, batchSize, numGenerations);
    const items = mockUpdates(tried, this.#watching());
    await this.#phase('training', 2, `step ${step}/${maxSteps}`);
    const metrics = mockMetrics(settings, step, items);
    this.#write(METRICS_FILE, `${this.#read(METRICS_FILE)}${JSON.stringify(metrics)}\n`);
    this.#onEvent({ kind: 'step', metrics });
    this.#onEvent({ kind: 'trajectories', step, items });
    this.#onEvent({ kind: 'log', line: stepLine(metrics) });
    if (step === 2) {
      this.#onEvent({
        kind: 'warning',
        message: 'Two of three groups had no spread in reward, so little was learned in step 2.',
      });
    }
  }

  async #afterStep(step: number): Promise<StopReason | null> {
    const { maxSteps, evalSteps, saveSteps, targetAccuracy } = this.#settings;
    const evaluationDue = step >= maxSteps || isDue(step, evalSteps);
    const accuracy = evaluationDue ? await this.#evaluate(step) : null;
    if (evaluationDue || isDue(step, saveSteps)) this.#save(step);
    if (accuracy !== null && accuracy >= targetAccuracy) return 'target-accuracy';
    return step >= maxSteps ? 'max-steps' : null;
  }

  async #evaluate(step: number): Promise<number> {
    const isBaseline = step === 0;
    await this.#phase(isBaseline ? 'baseline' : 'evaluating', this.#settings.evalDatasetSize, 'questions');
    const summary = mockEvaluation(this.#settings, step, this.#best);
    const name = isBaseline ? 'baseline_eval_20260101_000000' : `eval_step_${String(step).padStart(4, '0')}`;
    this.#write(`${EVAL_LOGS}/${name}.json`, JSON.stringify(evaluationFile(summary)));
    this.#onEvent({ kind: 'evaluation', summary });
    if (!isBaseline) this.#best = Math.max(this.#best ?? 0, summary.accuracy);
    if (summary.isBest) this.#writeAdapter(BEST_FOLDER, step);
    return summary.accuracy;
  }

  #save(step: number): void {
    this.#saved = step;
    const path = `checkpoint-${step}`;
    this.#writeAdapter(path, step);
    this.#onEvent({ kind: 'saved', path, step });
  }

  #writeAdapter(folder: string, step: number): void {
    this.#write(`${folder}/adapter_model.safetensors`, `stand-in adapter of step ${step}`);
    this.#write(`${folder}/adapter_config.json`, '{"peft_type":"LORA"}');
    this.#write(`${folder}/metadata.json`, JSON.stringify({ step }));
  }

  async #phase(phase: RunPhase, total: number, note: string): Promise<void> {
    for (let done = 0; done < total; done += Math.max(1, Math.ceil(total / 4))) {
      this.#onEvent({ kind: 'progress', phase, done, total, note });
      await this.#wait();
    }
    this.#onEvent({ kind: 'progress', phase, done: total, total, note });
  }

  #write(path: string, text: string): void {
    this.#files.set(`${this.#settings.outputDir}/${path}`, strToU8(text));
  }

  #read(path: string): string {
    const bytes = this.#files.get(`${this.#settings.outputDir}/${path}`);
    return bytes === undefined ? '' : new TextDecoder().decode(bytes);
  }

  #own(folder: string): string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(`${this.#settings.outputDir}/${folder}`));
  }

  #lastStep(): number {
    const steps = this.#own('checkpoint-').map((path) => Number(/checkpoint-(\d+)\//.exec(path)?.[1] ?? 0));
    return Math.max(0, ...steps);
  }
}

function evaluationFile(summary: EvalSummary): Record<string, unknown> {
  return { summary, step: summary.isBaseline ? -1 : summary.step, accuracy: summary.accuracy, rows: [] };
}
