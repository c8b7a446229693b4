/** What an environment shows beside what every environment shows. */
import type { ComponentChildren, FunctionComponent } from 'preact';
import type { AskAnswer, AskMenu } from '../../../workers/api';
import type { JsonObject, ToolCall, ToolResult } from '../../conversation/types';
import type { State } from '../state';

export type MenuTask = AskMenu['tasks'][number];

/** Fields of a visitor's own task, by name, as typed. */
export type OwnValues = Readonly<Record<string, string>>;

export interface OwnFieldsProps {
  readonly menu: AskMenu;
  readonly values: OwnValues;
  /** Whether the words are the visitor's own; fields that a task of the dataset decides are hidden else. */
  readonly isOwn: boolean;
  readonly disabled: boolean;
  readonly onChange: (values: OwnValues) => void;
}

/** The part of the Ask view that says what a visitor's own task needs beside its words. */
export interface OwnTask {
  /** Before anything is chosen. */
  start(menu: AskMenu): OwnValues;
  /** The fields as a task of the dataset has them. */
  follow(task: MenuTask, values: OwnValues, menu: AskMenu): OwnValues;
  /** Whether the fields say what that task says: two tasks may have the same words. */
  fits(task: MenuTask, values: OwnValues): boolean;
  /** What is still missing, or null. */
  obstacle(values: OwnValues, isOwn: boolean): string | null;
  /** For the environment's `ask`. */
  input(text: string, values: OwnValues): JsonObject;
  /** For the heading of the conversation, such as where it takes place; '' for nothing. */
  place(values: OwnValues): string;
  readonly Fields?: FunctionComponent<OwnFieldsProps>;
}

export interface EnvironmentView {
  /** What the model does in the Ask view, in one sentence. */
  readonly lead: () => string;
  /** Where tasks come from; stands in place of the plain field of the setting `dataset`. */
  readonly Source?: FunctionComponent;
  /** Why a run cannot start with the tasks that are chosen, or null. */
  readonly sourceObstacle?: (state: Pick<State, 'form' | 'mail'>) => string | null;
  /** What the tasks are about, in a few words with numbers: `64 mails in 2 inboxes`. */
  readonly describeMenu?: (own: JsonObject) => string;
  /** Tells tasks with the same words apart. */
  readonly describeTask?: (task: MenuTask) => string;
  readonly ownTask: OwnTask;
  /** A call in words: `searches for “budget”`. */
  readonly callText: (call: ToolCall) => string;
  /** A result for people; null for one that says nothing, as that of the call that ended the conversation. */
  readonly result: (result: ToolResult) => ComponentChildren | null;
  /** Below the verdict. */
  readonly explained?: (answer: AskAnswer) => ComponentChildren;
}
