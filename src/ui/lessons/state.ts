/** How lessons change the state, what the browser remembers of them, and their place in the address. Pure but for the storage. */
import type { FormState } from '../form-state';
import { keyOf, LESSONS, type LessonAction, type LessonsState, type Place } from './types';

export const NO_LESSONS: LessonsState = { place: null, open: null, answers: {}, done: [], ownForm: null };

export function reduceLessons(state: LessonsState, action: LessonAction): LessonsState {
  switch (action.kind) {
    case 'lesson':
      return { ...state, place: action.place, open: null };
    case 'lessons-open':
      return { ...state, open: action.open };
    case 'lesson-answer':
      return { ...state, answers: { ...state.answers, [keyOf(action.place)]: action.option } };
    case 'lesson-done': {
      const key = keyOf(action.place);
      return state.done.includes(key) ? state : { ...state, done: [...state.done, key] };
    }
    case 'lesson-own-form':
      return { ...state, ownForm: action.form };
  }
}

/** `mask.2`; null for what names no lesson. A lesson without a step begins with its first. */
export function placeFrom(text: string): Place | null {
  const [name, step = '1'] = text.split('.');
  const lesson = LESSONS.find((one) => one === name);
  return lesson === undefined || !/^[1-9]\d?$/.test(step) ? null : { lesson, step: Number(step) };
}

const KEPT = 'mailgym-lessons';

/** Of an earlier visit; nothing where the browser keeps nothing, or what it kept is not of this page. */
export function rememberedLessons(): LessonsState {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return NO_LESSONS;
    const { answers, done, ownForm } = kept as Partial<LessonsState>;
    return {
      ...NO_LESSONS,
      answers: isRecord(answers, 'number') ? (answers as LessonsState['answers']) : {},
      done: Array.isArray(done) ? done.filter((key) => typeof key === 'string') : [],
      ownForm: isForm(ownForm) ? ownForm : null,
    };
  } catch {
    return NO_LESSONS;
  }
}

export function rememberLessons({ answers, done, ownForm }: LessonsState): void {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ answers, done, ownForm }));
  } catch {
    // Then it is known for this visit.
  }
}

function isRecord(value: unknown, of: 'number' | 'string'): boolean {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === of)
  );
}

function isForm(value: unknown): value is FormState {
  if (typeof value !== 'object' || value === null) return false;
  const { preset, edits } = value as Partial<FormState>;
  return typeof preset === 'string' && isRecord(edits, 'string');
}
