/**
 * What the two sides of a hosted environment say to each other. The guest runs the user's file, in a thread of its own;
 * our side plays its episodes. All of it is structured-cloneable; answers carry the number of their question.
 */
import type {
  AssistantMessage,
  ChatMessage,
  JsonObject,
  ParsedTurn,
  ToolSchema,
} from '../../conversation/types';
import type { Told } from '../../errors';
import type { Settings } from '../../settings/settings';
import type { Key3 } from './key';
import type { EnvironmentInfo, Outcome, Split, Step, StopCondition, Task } from '../types';

/** A user's module, ready to be imported: JavaScript whose only other imports are `node:` modules. */
export interface GuestModule {
  /** The file's name, for messages. */
  readonly name: string;
  readonly code: string;
}

/** What the first request of an episode shows; the same for the same task and settings. */
export interface Opening {
  readonly task: Task;
  readonly messages: readonly ChatMessage[];
  /** Place of its tools in `toolSets`: most tasks share theirs. */
  readonly tools: number;
  /** Null where no expert knows an episode. */
  readonly expert: readonly AssistantMessage[] | null;
}

export interface GuestTasks {
  readonly openings: Readonly<Record<Split, readonly Opening[]>>;
  readonly toolSets: readonly (readonly ToolSchema[])[];
  readonly hasExpert: boolean;
  readonly asks: boolean;
}

export interface AskedTask {
  readonly task: Task;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolSchema[];
}

/** A call that is known not to come back, with what is told to the policy in its place. */
export interface LateCall {
  /** In the turn. */
  readonly index: number;
  readonly error: string;
}

export interface PlayedTurn {
  readonly turn: ParsedTurn;
  /** Characters. */
  readonly budget: number;
  readonly late?: LateCall;
}

/** Requests by kind: what is asked, and the answer. */
export interface Requests {
  load: { readonly ask: { readonly module: GuestModule }; readonly answer: EnvironmentInfo };
  open: {
    readonly ask: { readonly settings: Settings; readonly again: boolean };
    readonly answer: GuestTasks | null;
  };
  /** Starts an episode and takes the turns that it has had. */
  play: {
    readonly ask: {
      readonly episode: number;
      readonly task: Task;
      readonly key: Key3;
      readonly turns: readonly PlayedTurn[];
    };
    readonly answer: null;
  };
  step: { readonly ask: { readonly episode: number } & PlayedTurn; readonly answer: Step };
  /** Ends the episode, if `truncate` says why, and forgets it. */
  outcome: {
    readonly ask: { readonly episode: number; readonly truncate: StopCondition | null };
    readonly answer: Outcome;
  };
  ask: { readonly ask: { readonly input: JsonObject }; readonly answer: AskedTask };
  ping: { readonly ask: Readonly<Record<never, never>>; readonly answer: null };
}
export type RequestKind = keyof Requests;
export type RequestOf<K extends RequestKind> = { readonly kind: K; readonly id: number } & Requests[K]['ask'];
export type AnyRequest = { [K in RequestKind]: RequestOf<K> }[RequestKind];

export type GuestMessage =
  | { readonly kind: 'answer'; readonly id: number; readonly value: Requests[RequestKind]['answer'] }
  | { readonly kind: 'refused'; readonly id: number; readonly told: Told }
  /** A call of a turn is about to run: if nothing comes after this, it is the one that hangs. */
  | { readonly kind: 'calling'; readonly episode: number; readonly index: number };
