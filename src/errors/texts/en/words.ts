/** Phrases that several English texts share. */
import { type Many, manyOf } from '../many';
import type { LineProblem, Picture, Shown } from '../picture';
import { placeWords, type PartWords, type Place } from '../place';

/** Params of texts that begin with a place. */
export interface At {
  readonly where: Place;
}
/** Params of texts that say what was found at a place. */
export interface Found extends At {
  readonly found: Picture;
}

const PARTS: PartWords = {
  file: (name) => name,
  line: (line) => ` line ${line}`,
  row: (row) => ` row ${row}`,
  field: (name) => ` ${name}`,
  column: (name) => `: ${name}`,
  side: (side) => `, ${side}`,
  message: (n) => `: message ${n}`,
  call: (n) => `: call ${n}`,
  tool: (n) => `: tool ${n}`,
  environment: (id) => `The environment "${id}"`,
  split: (split) => `, split ${split}`,
  taskNumber: (n) => `, task ${n}`,
  task: (id) => `Task ${id}`,
  setting: (name) => `The setting ${name}`,
  asked: (what) =>
    ({
      question: 'The question',
      answer: 'The answer',
      task: 'The task asked',
      'task-of-environment': ', the task asked for',
    })[what],
  same: (what) => (what === 'question' ? 'the question' : 'the'),
};

export function place(where: Place): string {
  return placeWords(where, PARTS);
}

export function shown(value: Shown): string {
  return value ?? 'nothing';
}

export function shownOfMany({ names, count }: Many): string {
  return count > names.length ? `${names.join(', ')} and ${count - names.length} more` : names.join(', ');
}

/** The first of a list, and how many more there are. */
export function firstOf(names: readonly string[], most: number): string {
  return shownOfMany(manyOf(names, most));
}

/** With its keys, where it is an object. */
export function describe(picture: Picture): string {
  switch (picture.kind) {
    case 'nothing':
      return 'nothing';
    case 'list':
      return picture.isEmpty ? 'an empty list' : 'a list';
    case 'object': {
      const { keys, more } = picture;
      if (keys.length === 0) return 'an empty object';
      const shown = keys.map((key) => JSON.stringify(key)).join(', ');
      return `an object with the keys ${shown}${more === 0 ? '' : ` and ${more} more`}`;
    }
    case 'scalar':
      return JSON.stringify(picture.value);
  }
}

/** The kind alone, of lists and objects. */
export function describeKind(picture: Picture): string {
  if (picture.kind === 'list') return 'a list';
  return picture.kind === 'object' ? 'an object' : describe(picture);
}

/** The end of a sentence that begins with the line. */
export function lineProblem(problem: LineProblem): string {
  return 'notJson' in problem
    ? `is not JSON (${problem.notJson})`
    : `should be a JSON object, but is ${describe(problem.found)}`;
}

/** @param path of files that come with the package */
export function howToServe(path: string): string {
  return (
    `Put node_modules/mailgym/public/${path} (a checkout has it in public/${path}) on your site as ${path} and give the ` +
    'address of the folder above as baseUrl'
  );
}
