/** The library's long calls. Their code loads with the first of them, so that a page that imports the library starts soon. */
import type { AskAnswer, EvaluationReport } from '../run/types';
import type { AskOptions, Engine, EngineOptions, EvaluateOptions, TrainOptions, TrainSummary } from './types';

const loaded = () => import('./loaded');

/**
 * Trains an adapter on an environment.
 * @returns how the run ended and its adapter, once all its files are written
 * @throws SettingsError, EnvironmentError, PolicyError, TrainingError, GpuError, DawnError, StorageError, and the signal's
 *   reason before the first step
 */
export async function train(options: TrainOptions): Promise<TrainSummary> {
  return (await loaded()).train(options);
}

/**
 * Measures an adapter, or the bare model, on a split of an environment's tasks, sampled and greedy.
 * @throws SettingsError, EnvironmentError, PolicyError, TrainingError, GpuError, DawnError, and the signal's reason
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationReport> {
  return (await loaded()).evaluate(options);
}

/**
 * Puts one task to a policy: the same episode, limits and tokens as in an evaluation, told while it goes on. On an engine
 * that trains, the answer comes between two steps, without changing the run's numbers.
 * @throws SettingsError, EnvironmentError, PolicyError, TrainingError, GpuError, DawnError, and the signal's reason
 */
export async function ask(options: AskOptions): Promise<AskAnswer> {
  return (await loaded()).ask(options);
}

/**
 * Opens a model on the GPU and keeps it for any number of calls of {@link train}, {@link evaluate} and {@link ask}, which
 * then load nothing again.
 * @throws PolicyError when there is no such model or it cannot be used, GpuError or DawnError without a usable GPU, and
 *   the signal's reason
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  return (await loaded()).openEngine(options);
}
