/**
 * `mailgym`: trains small language models on tasks of your own, with token-masked GRPO on WebGPU; the same in browsers and
 * in Node.
 *
 * {@link defineEnvironment} says what the policy is asked to do, {@link train} trains an adapter on it, {@link evaluate}
 * measures one, {@link ask} puts one task to it, and {@link exportAdapter} makes a zip of it that Python's PEFT reads.
 * {@link openEngine} keeps a model on the GPU between calls.
 *
 * Every long call takes a `signal` that ends it and an `onEvent` that is told how it goes. What you opened you dispose of;
 * what a call opened by itself it frees, however it ends. Errors made for people are {@link MailGymError}.
 * @module
 */
import { host } from '#platform';
import type { RunStore } from './run/stores/run-store';

export { exportAdapter } from './library/adapter';
export { ask, evaluate, openEngine, train } from './library/calls';
export type * from './library/types';
export {
  choice,
  count,
  defineEnvironment,
  onOff,
  real,
  text,
  tool,
  z,
  type Finish,
  type Tool,
  type ToolContext,
} from './env/define';
export type {
  CheckContext,
  Ended,
  EnvironmentDefinition,
  ExpertCall,
  ExpertTurn,
  MetricInput,
  RewardFunction,
  RewardInput,
  SettingInput,
  SettingsOf,
  TaskInput,
  TaskOf,
  TasksContext,
  Verdict,
} from './env/definition';
export type {
  Environment,
  EnvironmentInfo,
  Episode,
  MetricInfo,
  MetricsTable,
  MetricUnit,
  OpenedEnvironment,
  OpenOptions,
  Outcome,
  Split,
  Step,
  StopCondition,
  Task,
  TaskSource,
  TurnValue,
} from './env/types';
export type {
  AssistantMessage,
  ChatMessage,
  JsonObject,
  ParsedTurn,
  ToolCall,
  ToolResult,
  ToolSchema,
  Turn,
} from './conversation/types';
export type { ChatFormat } from './chat/types';
export type { TuningStore } from './kernels/tuning';
export type { LoraConfig, LoraModuleConfig, ModelConfig, TrainablePolicy } from './engine/types';
export type { HostTensors } from './formats/tensors';
export type { ModelFiles } from './formats/files';
export type {
  CoreStepMetrics,
  EvalSummary,
  Follow,
  RunEvent,
  RunPhase,
  StepMetrics,
  StopReason,
  TokenMove,
  TokenUpdate,
  TrajectoryView,
} from './grpo/types';
export type { AskAnswer, AskEvent, EvaluationReport } from './run/types';
export { MemoryStore } from './run/stores/memory-store';
export type { RunStore } from './run/stores/run-store';
export { presetSettings } from './env/settings';
export { checkSettings, resolveSettings, type EnvironmentChoice } from './library/tables';
export type { ResolvedSettings, SettingsSources } from './settings/resolve';
export type { CoreSettings, Settings, SettingValue } from './settings/settings';
export { SettingsError, type SettingProblem } from './settings/values';
export {
  MailGymError,
  paramsOf,
  told,
  type ErrorCode,
  type ErrorName,
  type ErrorParams,
  type MailGymErrorOptions,
  type Told,
} from './errors';
export { PolicyError } from './errors/policy';
export { StorageError } from './errors/storage';
export { TrainingError } from './errors/training';
export { textOf, type ErrorTexts, type ParamsOf, type Tell, type TextCode } from './errors/texts';
export { EnvironmentError } from './env/errors';
export { DeviceLostError, GpuError } from './kernels/errors';

/**
 * Opens, and creates, a folder that a run's files go to: on disk in Node, in the origin's private file system in a browser.
 * @throws StorageError when there is no such place, or it may not be written to
 */
export function openRunStore(folder: string): Promise<RunStore> {
  return host.runStore(folder);
}
