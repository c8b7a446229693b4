/** The short form in which users write an environment; `define.ts` makes an `Environment` of it. */
import type { AssistantMessage, ChatMessage, JsonObject, Turn } from '../conversation/types';
import type { Random } from '../random/philox';
import type { Preset } from '../settings/presets';
import type { CoreSettings, SettingValue } from '../settings/settings';
import type { AnySettingInfo, SettingRule } from '../settings/setting-info';
import type { Awaitable } from './steps';
import type { Tool, ToolContext } from './tool';
import type { MetricInfo, Split, StopCondition, Task, TurnValue } from './types';

/** A task as written by the user. */
export interface TaskInput<Info extends JsonObject = JsonObject> {
  /** Unique in its split: random draws, traces and errors name it. */
  readonly id: string;
  /** Text stands for one message of the user. */
  readonly prompt: string | readonly ChatMessage[];
  readonly answer?: string | null;
  /** 1 (easy) upwards; default 1. */
  readonly level?: number;
  /** Whatever tools and rewards need to know: data that JSON can hold. */
  readonly info?: Info;
}

/** A task whose `info` has a known type. */
export type TaskOf<Info extends JsonObject> = Task & { readonly info: Info };

/** A setting's type by its default: 20 stands for any number. */
export type Widened<T> = T extends number
  ? number
  : T extends boolean
    ? boolean
    : T extends string
      ? string
      : readonly string[];

/** The core's settings and the environment's own. */
export type SettingsOf<Own> = CoreSettings & { readonly [K in keyof Own]: Widened<Own[K]> };

/** A setting of the environment's own, in the form of the core's table; group `Task` and no unit by default. */
export interface SettingInput<T> extends Pick<AnySettingInfo, 'label' | 'description'> {
  readonly default: T;
  /** What is allowed: `count(1, 9)`, `real(0, 1)`, `onOff`, `text`, `choice('a', 'b')`. */
  readonly rule: SettingRule;
  readonly group?: AnySettingInfo['group'];
  readonly unit?: string;
  readonly advanced?: true;
}

/** What `tasks` is given. */
export interface TasksContext<Own> {
  readonly split: Split;
  /** Keyed by the split, for training also by the run's seed: all seeds are evaluated on the same tasks. */
  readonly random: Random;
  readonly settings: SettingsOf<Own>;
}

/** What an ended episode looks like to rewards, metrics and turn values. */
export interface Ended<Info extends JsonObject, State extends object, Own> {
  readonly task: TaskOf<Info>;
  readonly turns: readonly Turn[];
  readonly stopCondition: StopCondition;
  readonly success: boolean | null;
  readonly answer: string | null;
  readonly state: State;
  readonly settings: SettingsOf<Own>;
  /** The built-in metrics, and to rewards also the environment's own. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** A finite number, or null where the part does not apply. */
export type RewardFunction<E> = (ended: E) => Awaitable<number | null>;
/** A part of the reward: its function, alone or with a label. */
export type RewardInput<E> =
  RewardFunction<E> | { readonly label: string; readonly value: RewardFunction<E> };

/** Truth counts as 1. */
export interface MetricInput<E> extends Partial<MetricInfo> {
  /** The number of an ended episode. */
  readonly value: (ended: E) => Awaitable<number | boolean>;
}

/** What a check sees of a turn that called no tool. */
export interface CheckContext<Info extends JsonObject, State extends object, Own> {
  /** The turn that called no tool, as written. */
  readonly text: string;
  readonly task: TaskOf<Info>;
  readonly state: State;
  readonly settings: SettingsOf<Own>;
}
/** Whether the text is right; with `answer` where the answer is only a part of it. Null: no verdict. */
export type Verdict = boolean | null | { readonly success: boolean | null; readonly answer?: string | null };

/** One call of a tool by an expert. */
export interface ExpertCall {
  readonly name: string;
  readonly arguments: JsonObject;
}
/** One turn of an expert: a call, several calls, plain text, or a message as it is. */
export type ExpertTurn = ExpertCall | readonly ExpertCall[] | string | AssistantMessage;

/** An environment in its short form. */
export interface EnvironmentDefinition<
  Info extends JsonObject = JsonObject,
  State extends object = Record<string, unknown>,
  Own extends Readonly<Record<string, SettingValue>> = Readonly<Record<never, SettingValue>>,
> {
  /** Letters, digits, `-` and `_`. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** The environment's own settings: form, command line, docs and check follow from them. */
  readonly settings?: { readonly [K in keyof Own]: SettingInput<Own[K]> };
  /** Other defaults of core settings, such as `maxTurns`. */
  readonly defaults?: Readonly<Partial<CoreSettings>>;
  readonly presets?: Readonly<Record<string, Preset>>;

  /**
   * Tasks of a split, taken from the front: `trainDatasetSize` for training, `evalDatasetSize` for the others. A
   * generator may go on for ever.
   */
  tasks(context: TasksContext<Own>): Awaitable<Iterable<TaskInput<Info>> | AsyncIterable<TaskInput<Info>>>;
  /** The system message; none by default. */
  readonly system?:
    string | ((context: { readonly task: TaskOf<Info>; readonly settings: SettingsOf<Own> }) => string);
  /** State at the start of an episode; `{}` by default. */
  state?(task: TaskOf<Info>): State;
  /**
   * Made for each episode; names, descriptions and schemas must be the same for the same task and settings. Absent: the
   * text of the first turn is the answer.
   */
  tools?(
    task: TaskOf<Info>,
    context: { readonly settings: SettingsOf<Own>; readonly state: State },
  ): Readonly<Record<string, Tool<ToolContext<NoInfer<TaskOf<Info>>, NoInfer<State>>>>>;
  /**
   * Judges a turn that calls no tool as the final answer. With tools and without `check`, such a turn ends the episode
   * as `unparsable`.
   */
  check?(context: CheckContext<Info, State, Own>): Awaitable<Verdict>;

  /** Parts of the reward; default `success`: 1 for a success, 0 for a failure, null without a verdict. */
  readonly rewards?: Readonly<Record<string, RewardInput<Ended<Info, State, Own>>>>;
  /** Named sets of weights, the first the default; parts that a set does not name weigh 0. Default: all weigh 1. */
  readonly rewardWeights?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Numbers of each episode, by name; shown and recorded as means. */
  readonly metrics?: Readonly<
    Record<string, MetricInput<Ended<Info, State, Own>> | MetricInput<Ended<Info, State, Own>>['value']>
  >;
  /** One value for each turn, for the advantage kinds `action` and `mixed`. */
  turnValues?(ended: Ended<Info, State, Own>): readonly TurnValue[];

  /** Turns of a perfect episode; null where none is known. */
  expert?(task: TaskOf<Info>, context: { readonly settings: SettingsOf<Own> }): readonly ExpertTurn[] | null;
  /** A task of a visitor's own input. */
  ask?(input: JsonObject, context: { readonly settings: SettingsOf<Own> }): TaskInput<Info>;
}

/** A definition whose types are its author's business. */
export type AnyDefinition = EnvironmentDefinition<JsonObject, object, Readonly<Record<string, SettingValue>>>;
export type AnyEnded = Ended<JsonObject, object, Readonly<Record<string, SettingValue>>>;
