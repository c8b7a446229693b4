/** Files that a mail says are attached. */
import { findAll, type ValueKind } from './types';

const TYPES =
  'docx?|xlsx?|pptx?|pdf|txt|zip|jpe?g|gif|htm|html|rtf|csv|mpe?g|avi|exe|wpd|tif|bmp|pps|mdb|png|ps|gz|tgz|tar';
const FILE = new RegExp(
  `<<\\s?(?:File: )?(?<marked>[^<>\\n]{1,60}\\.(?:${TYPES}))\\s?>>|^ ?- (?<listed>[^\\n<>:]{1,60}\\.(?:${TYPES}))[ \\t]*$|attached file: (?<seen>[^()\\n]{1,60}\\.(?:${TYPES}))\\)`,
  'gim',
);

export const file: ValueKind = {
  id: 'file',
  level: 1,
  find: (text) =>
    findAll(text, FILE).flatMap((value) => {
      const name = /[^<>\n()]+\.\w+/
        .exec(value.text.replace(/^.*attached file: |^<<\s?(?:File: )?|^ ?- /i, ''))?.[0]
        .trim();
      if (name === undefined || name === '') return [];
      const start = text.indexOf(name, value.start);
      return [{ start, end: start + name.length, text: name, what: null }];
    }),
  hints: new RegExp(`\\.(?:${TYPES})\\b`, 'gi'),
  asks: [
    'Which file is attached to {mail}?',
    'What is the name of the file attached to {mail}?',
    'What file came with {mail}?',
  ],
  asksWhat: [],
};
