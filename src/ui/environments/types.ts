/** What an environment shows beside what every environment shows. */
import type { AskAnswer, AskMenu } from '../../../workers/api';
import type { JsonObject, ToolCall, ToolResult } from '../../conversation/types';
import type { PageStore, Runner } from '../runner';
import type { State } from '../state';

export type MenuTask = AskMenu['tasks'][number];

/** The part of the Ask view that says what a visitor's own task needs beside its words. */
export interface OwnTaskForm {
  /** In the order in which they stand in the form. */
  readonly nodes: readonly HTMLElement[];
  /** Sets the fields to what a task of the dataset has there. */
  follow(task: MenuTask): void;
  /** Whether the fields say what that task says: two tasks may have the same words. */
  fits(task: MenuTask): boolean;
  /** Whether the words are the visitor's own; fields that a task of the dataset decides are hidden else. */
  setOwn(isOwn: boolean): void;
  /** What is still missing, or null. */
  obstacle(isOwn: boolean): string | null;
  /** For the environment's `ask`. */
  input(text: string): JsonObject;
  /** For the heading of the conversation, such as where it takes place; '' for nothing. */
  place(): string;
  enable(enabled: boolean): void;
}

export interface EnvironmentView {
  /** What the model does in the Ask view, in one sentence. */
  readonly lead: string;
  /** Where tasks come from; stands in place of the plain field of the setting `dataset`. */
  readonly createSource?: (store: PageStore, runner: Runner) => HTMLElement;
  /** Why a run cannot start with what was imported, or null. */
  readonly importObstacle?: (report: NonNullable<State['imported']>) => string | null;
  /** What the tasks are about, in a few words with numbers: `64 mails in 2 inboxes`. */
  readonly describeMenu?: (own: JsonObject) => string;
  /** Tells tasks with the same words apart. */
  readonly describeTask?: (task: MenuTask) => string;
  readonly createOwnTask: (menu: AskMenu, onChange: () => void) => OwnTaskForm;
  /** A call in words: `searches for “budget”`. */
  readonly callText: (call: ToolCall) => string;
  /** A result for people; null for one that says nothing, as that of the call that ended the conversation. */
  readonly resultNodes: (result: ToolResult) => readonly Node[] | null;
  /** Below the verdict. */
  readonly explained?: (answer: AskAnswer) => HTMLElement | null;
}
