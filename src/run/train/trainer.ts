/** The training loop: steps, evaluations, checkpoints, and when to end. */
import type { Task } from '../../env/types';
import type { SettingsSchema } from '../../settings/schema';
import { adapterFolder } from '../../engine/peft';
import type { RunStore } from '../stores/run-store';
import type { Settings } from '../../settings/settings';
import {
  baselineLogPath,
  evalLogPath,
  FINAL_FOLDER,
  METRICS_FILE,
  ROLLOUTS_FILE,
  WARM_START_FILE,
  WARM_START_FOLDER,
} from '../../report/run-files';
import type { Checkpoints, Files } from '../folder/checkpoints';
import type { TrainerState } from '../folder/checkpoint-files';
import { json } from '../folder/json';
import { GivenUp, type RunControl } from './control';
import { sampleStep } from '../../grpo/dynamic-sampling';
import {
  evaluatePolicy,
  evaluationLog,
  evaluationRollout,
  rewardsByTask,
  type Evaluation,
  type EvaluationDeps,
} from '../../grpo/evaluate';
import { rollOut, type RolloutDeps } from '../../grpo/rollout';
import { faultWarnings } from '../../grpo/faults';
import { SilenceWatch, stepMetrics } from '../../grpo/metrics';
import { tasksHash, startRun } from './resume';
import { evaluationLines, startLines, stepLine, verboseLines, warmStartLine } from '../../report/console';
import { traceLine } from '../../report/traces';
import { isDue, learningRateAt } from '../../grpo/schedule';
import { TokenWatch } from '../../grpo/token-watch';
import { updateOnBatch, type NotFinite } from '../../grpo/train-step';
import {
  type RunEvent,
  type RunPhase,
  type ScoredTrajectory,
  type StepMetrics,
  type StopReason,
  type Watching,
} from '../../grpo/types';
import { notFiniteWords } from '../../errors/texts/en/training/rollout';
import { TrainingError } from '../../errors/training';
import type { HostTensors } from '../../formats/tensors';
import { wantsWarmStart, WarmStart, type WarmStartDeps } from './warm-start';
import { conversationView, trajectoryViews } from '../../grpo/view';

/** Everything a run works with. */
export interface TrainerDeps extends EvaluationDeps {
  /** The run's own folder. */
  readonly store: RunStore;
  /** Id of the environment. */
  readonly environment: string;
  /** Of the environment's file and tasks, where it is a user's file. */
  readonly environmentHash?: string;
  /** Whole splits, in the order of the dataset; the settings' sizes cut them. */
  readonly tasks: {
    readonly train: readonly Task[];
    readonly validation: readonly Task[];
    readonly test?: readonly Task[];
  };
  /** Of the settings of this environment's runs. */
  readonly schema: SettingsSchema;
  /** The episodes that training plays; evaluations play those of `start`. */
  readonly startTraining: RolloutDeps['start'];
  /** What a warm start needs beside the rest. */
  readonly warmStart: Pick<WarmStartDeps, 'expert' | 'form' | 'readText'>;
  /** Reads an adapter's files, as the run saved them. */
  readonly readAdapter: (files: Files) => HostTensors;
  /** Most trajectories shown per step; default 64. */
  readonly maxViews?: number;
  /** Asked at every step what to look at beside training; nothing where not given. */
  readonly watching?: () => Watching;
  /** What to log before the end, which is a run's last event. */
  readonly closingLine?: () => string;
}

const NOT_WATCHING: Watching = { moves: 0, logits: 0, follow: null };

export interface RunSummary {
  readonly reason: StopReason;
  readonly step: number;
  readonly bestAccuracy: number | null;
}

/**
 * Trains until a step limit, the target accuracy, patience, or a stop from outside; events come in order.
 * One seed gives one `metrics.jsonl` (but for CLOCK_FIELDS), whether or not the run was stopped and resumed.
 * @throws TrainingError when the run cannot start, or numbers stop being finite; the last checkpoint is intact then.
 */
export async function runTraining(
  deps: TrainerDeps,
  settings: Settings,
  onEvent: (event: RunEvent) => void,
  control: RunControl,
): Promise<RunSummary> {
  const run = await Run.start(deps, settings, onEvent, control);
  return run.toEnd();
}

class Run {
  readonly #deps: TrainerDeps;
  readonly #settings: Settings;
  readonly #onEvent: (event: RunEvent) => void;
  readonly #control: RunControl;
  readonly #checkpoints: Checkpoints;
  /** What GRPO asks. */
  readonly #train: readonly Task[];
  /** What the warm start's expert is shown with. */
  readonly #shown: readonly Task[];
  readonly #validation: readonly Task[];
  readonly #silence = new SilenceWatch();
  #state: TrainerState;
  #savedStep: number | null;
  #lastMetrics: StepMetrics | null = null;
  /** Step at which the task that is followed was last asked. */
  #followed: number | null = null;
  /** Null when there is none, or it is over. */
  #warmStart: WarmStart | null = null;

  static async start(
    deps: TrainerDeps,
    settings: Settings,
    onEvent: (event: RunEvent) => void,
    control: RunControl,
  ): Promise<Run> {
    const train = deps.tasks.train.slice(0, settings.trainDatasetSize);
    const validation = deps.tasks.validation.slice(0, settings.evalDatasetSize);
    if (train.every(({ stage }) => stage === 'warm-start')) {
      const { dataset } = settings;
      throw train.length === 0
        ? TrainingError.of('training/no-training-tasks', { dataset })
        : TrainingError.of('training/only-warm-start-tasks', { dataset, tasks: train.length });
    }
    const start = await startRun(deps.store, deps.policy, settings, deps.schema, {
      trainQuestionsHash: await tasksHash(train),
      evalQuestionsHash: await tasksHash(validation),
      ...(deps.environmentHash === undefined ? {} : { environmentHash: deps.environmentHash }),
    });
    const questions = { train, validation };
    const run = new Run(deps, settings, onEvent, control, start.checkpoints, questions, start.state);
    for (const line of startLines(settings, train.length, validation.length)) onEvent({ kind: 'log', line });
    for (const text of start.notes) {
      onEvent(start.resumed ? { kind: 'log', line: text } : { kind: 'warning', message: text });
    }
    if (validation.length === 0) {
      onEvent({
        kind: 'warning',
        message: `Dataset "${settings.dataset}" has no validation questions: there will be no evaluations and no best_model.`,
      });
    }
    if (wantsWarmStart(settings)) await run.#openWarmStart(start.resumed);
    if (start.resumed) run.#savedStep = start.state.step;
    else if (settings.runBaselineEval && validation.length > 0) await run.#baseline();
    return run;
  }

  private constructor(
    deps: TrainerDeps,
    settings: Settings,
    onEvent: (event: RunEvent) => void,
    control: RunControl,
    checkpoints: Checkpoints,
    questions: { readonly train: readonly Task[]; readonly validation: readonly Task[] },
    state: TrainerState,
  ) {
    this.#deps = deps;
    this.#settings = settings;
    this.#onEvent = onEvent;
    this.#control = control;
    this.#checkpoints = checkpoints;
    this.#train = questions.train.filter(({ stage }) => stage !== 'warm-start');
    this.#shown = questions.train.filter(({ stage }) => stage !== 'policy');
    this.#validation = questions.validation;
    this.#state = state;
    this.#savedStep = null;
  }

  async toEnd(): Promise<RunSummary> {
    const { evalSteps, saveSteps, maxSteps } = this.#settings;
    let reason = this.#reasonToEnd();
    while (reason === null) {
      await this.#control.untilFree();
      if (this.#control.stopRequested) {
        if (!this.#control.givesUp) this.#control.signal.throwIfAborted();
        reason = 'stopped';
        break;
      }
      const warming = this.#warmStart;
      if (!(await this.#finished(this.#follow(false)))) continue;
      if (warming !== null) await this.#warmStep(warming);
      else if (
        !this.#owesEvaluation() &&
        this.#state.step < maxSteps &&
        !(await this.#finished(this.#step()))
      )
        continue;
      const { step } = this.#state;
      const isLast = step >= maxSteps;
      const evaluationDue = warming !== null ? step === 0 : isLast || isDue(step, evalSteps);
      if (evaluationDue && this.#validation.length > 0 && !(await this.#finished(this.#evaluate()))) continue;
      if (evaluationDue || isDue(step, saveSteps)) await this.#save();
      reason = this.#reasonToEnd();
    }
    if (this.#savedStep !== this.#state.step) await this.#save();
    if (reason !== 'stopped') await this.#finished(this.#follow(true));
    // A stopped run is not finished: it has no final adapter, and can be resumed.
    if (reason !== 'stopped') await this.#writeFinal();
    const { step, best } = this.#state;
    const closing = this.#deps.closingLine?.();
    if (closing !== undefined) this.#log(closing);
    this.#onEvent({ kind: 'end', reason, step });
    return { reason, step, bestAccuracy: best?.accuracy ?? null };
  }

  /** False when the work was given up for {@link RunControl.stopNow}, which leaves everything as it was before. */
  async #finished(work: Promise<void>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      if (error instanceof GivenUp) return false;
      throw error;
    }
  }

  /** Sampling changes nothing, so only what fails there may be given up. */
  async #sampled<T>(sampling: Promise<T>): Promise<T> {
    try {
      return await sampling;
    } catch (cause) {
      throw this.#control.givesUp ? new GivenUp('Sampling was given up.', { cause }) : cause;
    }
  }

  /** Whether a run that is resumed ended before an evaluation that its last step asks for. */
  #owesEvaluation(): boolean {
    const { step, lastEvaluation } = this.#state;
    const isDone = step === 0 || lastEvaluation?.step === step || this.#validation.length === 0;
    return !isDone && isDue(step, this.#settings.evalSteps);
  }

  /** Decided by the last evaluation, so that a resumed run ends where the uninterrupted one would. */
  #reasonToEnd(): StopReason | null {
    const { step, lastEvaluation, evalsWithoutImprovement } = this.#state;
    const { targetAccuracy, patience, maxSteps } = this.#settings;
    const evaluated = lastEvaluation?.step === step && step > 0;
    if (evaluated && lastEvaluation.accuracy >= targetAccuracy) return 'target-accuracy';
    if (evaluated && patience > 0 && evalsWithoutImprovement >= patience) return 'patience';
    if (step >= maxSteps && (evaluated || this.#validation.length === 0)) return 'max-steps';
    return null;
  }

  /** Step 0 is the policy as GRPO starts with it; a run that begins with n supervised steps begins with step −n. */
  async #openWarmStart(resumed: boolean): Promise<void> {
    const deps = { ...this.#deps, ...this.#deps.warmStart };
    if (resumed && this.#state.step >= 0) {
      if (this.#settings.klReference === 'start') {
        this.#deps.policy.setReference(this.#deps.readAdapter(await this.#checkpoints.readWarmStart()));
      }
      return;
    }
    const warmStart = await WarmStart.open(deps, this.#settings, this.#shown, (message) =>
      this.#onEvent({ kind: 'warning', message }),
    );
    if (!resumed) this.#state = { ...this.#state, step: -warmStart.steps };
    this.#warmStart = warmStart;
    this.#log(`Warm start: ${warmStart.steps} supervised steps on ${warmStart.sequences} conversations`);
  }

  async #warmStep(warmStart: WarmStart): Promise<void> {
    const { policy, now } = this.#deps;
    const step = this.#state.step + 1;
    this.#onEvent({
      kind: 'progress',
      phase: 'warm-start',
      done: warmStart.steps + step - 1,
      total: warmStart.steps,
      note: '',
    });
    const metrics = await warmStart.step(policy, step, now);
    await this.#checkpoints.folder.append(WARM_START_FILE, `${JSON.stringify(metrics)}\n`);
    this.#state = { ...this.#state, step };
    this.#onEvent({ kind: 'warm-start', metrics, steps: warmStart.steps });
    this.#log(warmStartLine(metrics, warmStart.steps));
    if (step < 0) return;
    this.#warmStart = null;
    // Moments of the supervised loss say nothing of the next one's scale: GRPO begins its own, as a run from a trained adapter does.
    policy.resetOptimizer();
    if (this.#settings.klReference === 'start') policy.setReference(await policy.readAdapter());
    await this.#checkpoints.writeWarmStart(await this.#adapterFiles(), this.#metadata());
    this.#onEvent({ kind: 'saved', path: WARM_START_FOLDER, step });
  }

  async #step(): Promise<void> {
    const { policy, now } = this.#deps;
    const settings = this.#settings;
    const step = this.#state.step + 1;
    const begin = now();
    const deps = { ...this.#deps, start: this.#deps.startTraining };
    const batch = await this.#sampled(
      sampleStep(deps, this.#train, step, settings, {
        onProgress: (done, total) => this.#progress('rollout', done, total, step),
        signal: this.#control.signal,
      }),
    );
    const rolledOut = now();
    const learningRate = learningRateAt(step, settings);
    const { maxViews = 64, chat } = this.#deps;
    const shown = batch.trajectories.slice(0, maxViews);
    const watch = new TokenWatch(shown, this.#deps.watching?.() ?? NOT_WATCHING);
    let found: NotFinite | null = null;
    const update = await updateOnBatch(policy, batch.trajectories, settings, learningRate, {
      onProgress: (done, total) => this.#progress('training', done, total, step),
      onNotFinite: (what) => (found = what),
      watch,
    });
    const updatesSkipped = this.#skipped(step, found);
    const metrics = stepMetrics({
      step,
      maxSteps: settings.maxSteps,
      mode: settings.mode,
      batchSize: settings.batchSize,
      batch,
      update,
      skippedUpdate: found !== null,
      learningRate,
      table: this.#deps.metrics,
      gpuBytes: policy.memory.bytes,
      rolloutSeconds: (rolledOut - begin) / 1000,
      trainSeconds: (now() - rolledOut) / 1000,
    });
    await this.#checkpoints.folder.append(METRICS_FILE, `${JSON.stringify(metrics)}\n`);
    if (settings.saveRollouts) await this.#saveRollouts(step, batch.trajectories);
    this.#lastMetrics = metrics;
    this.#state = { ...this.#state, step, updatesSkipped, history: { file: METRICS_FILE, lines: step } };
    this.#onEvent({ kind: 'step', metrics });
    this.#onEvent({
      kind: 'trajectories',
      step,
      items: trajectoryViews(shown, chat, maxViews, (trajectory) => watch.updateOf(trajectory)),
    });
    this.#log(stepLine(metrics));
    if (settings.verbose) for (const line of verboseLines(batch.trajectories, metrics)) this.#log(line);
    for (const message of faultWarnings(batch.trajectories)) this.#warn(message);
    for (const message of this.#silence.observe(metrics, settings.batchSize * settings.numGenerations)) {
      this.#warn(message);
    }
  }

  /** Asks the task that is followed, once at each step that is its turn. */
  async #follow(isEnd: boolean): Promise<void> {
    const follow = this.#deps.watching?.().follow ?? null;
    const { step } = this.#state;
    if (follow === null || step < 0 || step === this.#followed) return;
    if (step % follow.every !== 0 && !isEnd) return;
    const { validation, train, test = [] } = this.#deps.tasks;
    const all = [...validation, ...test, ...train];
    const task = follow.taskId === null ? all[0] : all.find(({ id }) => id === follow.taskId);
    if (task === undefined) return;
    this.#followed = step;
    const asked = rollOut(this.#deps, [{ task, step: 0, group: 0, rollout: 0 }], {
      ...evaluationRollout(this.#settings, 0),
      signal: this.#control.signal,
    });
    const [trajectory] = await this.#sampled(asked);
    if (trajectory === undefined) throw new Error('A conversation ended without a record.');
    this.#onEvent({ kind: 'followed', step, item: conversationView(trajectory, this.#deps.chat) });
  }

  /** Steps in a row without a finite update, this one included. @throws TrainingError when they are too many */
  #skipped(step: number, found: NotFinite | null): number {
    if (found === null) return 0;
    const before = this.#state.updatesSkipped ?? 0;
    const { maxSkippedUpdates } = this.#settings;
    if (before >= maxSkippedUpdates) throw TrainingError.of('training/not-finite', { found, before });
    this.#warn(
      `The update of step ${step} gave ${notFiniteWords(found)}. It is left out; adapter and optimiser stay as they were ` +
        `(${before + 1} in a row, at most ${maxSkippedUpdates}: maxSkippedUpdates).`,
    );
    return before + 1;
  }

  async #saveRollouts(step: number, trajectories: readonly ScoredTrajectory[]): Promise<void> {
    const { environment, rewardWeights } = this.#deps;
    const context = { step, env: environment, model: this.#settings.model, rewardWeights };
    await this.#checkpoints.folder.append(
      ROLLOUTS_FILE,
      trajectories.map((trajectory) => traceLine(trajectory, context)).join(''),
    );
  }

  async #baseline(): Promise<void> {
    const evaluation = await this.#measure('baseline', true);
    this.#state = { ...this.#state, baseline: rewardsByTask(evaluation) };
    await this.#report(evaluation, baselineLogPath(this.#deps.now()));
  }

  async #evaluate(): Promise<void> {
    const evaluation = await this.#measure('evaluating', false);
    const { step, best, evalsWithoutImprovement } = this.#state;
    const { accuracy } = evaluation.summary;
    const isBest = best === null || accuracy > best.accuracy;
    this.#state = {
      ...this.#state,
      lastEvaluation: { step, accuracy },
      best: isBest ? { step, accuracy } : best,
      evalsWithoutImprovement: isBest ? 0 : evalsWithoutImprovement + 1,
    };
    await this.#report({ ...evaluation, summary: { ...evaluation.summary, isBest } }, evalLogPath(step));
  }

  #measure(phase: 'baseline' | 'evaluating', isBaseline: boolean): Promise<Evaluation> {
    const { step, baseline } = this.#state;
    const evaluating = evaluatePolicy(this.#deps, this.#settings, this.#validation, {
      step,
      split: 'validation',
      temperature: this.#settings.evalTemperature,
      isBaseline,
      baseline,
      onProgress: (done, total) => this.#progress(phase, done, total, step),
      onWarning: (message) => this.#warn(message),
      signal: this.#control.signal,
    });
    return this.#sampled(evaluating);
  }

  async #report(evaluation: Evaluation, path: string): Promise<void> {
    const { baseline } = this.#state;
    await this.#checkpoints.folder.write(
      path,
      json(evaluationLog(evaluation, baseline, this.#deps.logFields)),
    );
    this.#onEvent({ kind: 'evaluation', summary: evaluation.summary });
    for (const line of evaluationLines(evaluation.summary, this.#deps.metrics)) this.#log(line);
  }

  async #save(): Promise<void> {
    const { policy } = this.#deps;
    const { step } = this.#state;
    this.#progress('saving', 0, 1, step);
    const path = await this.#checkpoints.save(
      { state: this.#state, optimizer: await policy.readOptimizer() },
      await this.#adapterFiles(),
      this.#metadata(),
      this.#settings.keepCheckpoints,
    );
    this.#savedStep = step;
    this.#progress('saving', 1, 1, step);
    this.#onEvent({ kind: 'saved', path, step });
  }

  async #writeFinal(): Promise<void> {
    await this.#checkpoints.writeFinal(await this.#adapterFiles(), this.#metadata());
    this.#onEvent({ kind: 'saved', path: FINAL_FOLDER, step: this.#state.step });
  }

  async #adapterFiles(): Promise<Files> {
    const { policy } = this.#deps;
    const tensors = await policy.readAdapter();
    if (policy.lora === null) throw new Error('This policy has no adapter to save.');
    return adapterFolder(tensors, policy.lora, { baseModel: this.#settings.model.replace(/^hub:/, '') });
  }

  /** For people and tools that find the folder later; nothing in it depends on the clock but the step's own record. */
  #metadata(): Readonly<Record<string, unknown>> {
    const { step, best, lastEvaluation, trainQuestionsHash, evalQuestionsHash } = this.#state;
    return {
      step,
      mode: this.#settings.mode,
      model: this.#settings.model,
      dataset: this.#settings.dataset,
      accuracy: lastEvaluation?.step === step ? lastEvaluation.accuracy : null,
      best,
      trainQuestionsHash,
      evalQuestionsHash,
      evalQuestionIds: this.#validation.map(({ id }) => id),
      metrics: this.#lastMetrics,
      settings: this.#settings,
    };
  }

  #progress(phase: RunPhase, done: number, total: number, step: number): void {
    this.#onEvent({ kind: 'progress', phase, done, total, note: `step ${step}/${this.#settings.maxSteps}` });
  }

  #warn(message: string): void {
    this.#onEvent({ kind: 'warning', message });
  }

  #log(line: string): void {
    this.#onEvent({ kind: 'log', line });
  }
}
