/** Where in what people gave something stands, as data: from the outside in. */

interface Parts {
  /** Its name or path. */
  readonly file: string;
  /** Counted from 1, as all that follow. */
  readonly line: number;
  readonly row: number;
  /** A field of a file of JSON; inner fields after a dot. */
  readonly field: string;
  readonly column: string;
  /** Of a conversation. */
  readonly side: 'messages' | 'prompt' | 'completion';
  readonly message: number;
  readonly call: number;
  readonly tool: number;
  /** By its id. */
  readonly environment: string;
  readonly split: string;
  readonly taskNumber: number;
  /** By its id. */
  readonly task: string;
  readonly setting: string;
  /** What a visitor or a program asks, instead of a task from a split. */
  readonly asked: 'question' | 'answer' | 'task' | 'task-of-environment';
  /** What the reader has just been told of. */
  readonly same: 'question' | 'text';
}

export type PartName = keyof Parts;
export type PlacePart = { readonly [Name in PartName]: Readonly<Record<Name, Parts[Name]>> }[PartName];
/** From the outside in: the file, its line, a message in that. */
export type Place = readonly PlacePart[];
/** How a language writes each part behind those before it. */
export type PartWords = { readonly [Name in PartName]: (value: Parts[Name]) => string };

export function placeWords(where: Place, words: PartWords): string {
  return where
    .flatMap((part) => Object.entries(part) as [PartName, never][])
    .map(([name, value]) => words[name](value))
    .join('');
}
