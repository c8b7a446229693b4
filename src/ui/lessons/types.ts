/** Lessons as data: what a step says, asks, does to the page, waits for and explains. One component draws them all. */
import type { FormState } from '../form-state';
import type { State, View } from '../state';

/** In their order. */
export const LESSONS = ['given', 'mask', 'groups', 'clip', 'holes', 'real'] as const;
export type LessonId = (typeof LESSONS)[number];

/** Where somebody is; steps count from 1. */
export interface Place {
  readonly lesson: LessonId;
  readonly step: number;
}

/** What a step says. A prediction is a question with options. */
export interface StepWords {
  readonly title: string;
  readonly text: string;
  readonly ask?: string;
  readonly options?: readonly string[];
  /** Of the button that does the step's actions. */
  readonly press?: string;
}

/** What a button does to the page; several are done one after the other. */
export type StepAction =
  /**
   * Makes the form this. A form that has the environment and the preset already keeps its other settings, so that a
   * teacher's link decides how long a lesson takes.
   */
  | {
      readonly kind: 'settings';
      readonly environment: string;
      readonly preset: string;
      readonly edits: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'view'; readonly view: View }
  /** Trains what the form says. */
  | { readonly kind: 'train' }
  /** Trains it with the mask and without. */
  | { readonly kind: 'compare'; readonly seeds: number }
  /** Shows these runs and no others under “Compare”. */
  | { readonly kind: 'choose'; readonly runs: (state: State) => readonly string[] };

export interface Step {
  readonly words: () => StepWords;
  readonly actions?: readonly StepAction[];
  /** Which part of the page is marked; a selector. */
  readonly mark?: string;
  /** Which option the visitor's own numbers bear out; null while that cannot be told. */
  readonly right?: (state: State) => number | null;
  /** Whether it has been done; a step without it is done when it is left. */
  readonly done?: (state: State) => boolean;
  /** Sentences from the visitor's own numbers; none before there are any. */
  readonly explain?: (state: State) => readonly string[];
}

export interface Lesson {
  readonly id: LessonId;
  /** About so long, on a graphics card and without one. */
  readonly minutes: readonly [withCard: number, without: number];
  readonly steps: readonly Step[];
}

export interface LessonsState {
  /** Null when none is open. */
  readonly place: Place | null;
  readonly open: 'list' | 'glossary' | null;
  /** Predictions by {@link keyOf}. */
  readonly answers: Readonly<Record<string, number>>;
  /** Keys of the steps that were done. */
  readonly done: readonly string[];
  /** The visitor's settings as they were before a lesson changed them; null where none has. */
  readonly ownForm: FormState | null;
}

export type LessonAction =
  | { readonly kind: 'lesson'; readonly place: Place | null }
  | { readonly kind: 'lessons-open'; readonly open: LessonsState['open'] }
  | { readonly kind: 'lesson-answer'; readonly place: Place; readonly option: number }
  | { readonly kind: 'lesson-done'; readonly place: Place }
  | { readonly kind: 'lesson-own-form'; readonly form: FormState | null };

export const keyOf = ({ lesson, step }: Place): string => `${lesson}.${step}`;
