/** Numbers and codes with what they are: a passcode, an invoice number. */
import { ASKS_WHAT, findAll, type FoundValue, type ValueKind } from './types';

const NUMBER = '(?: ?(?:number|num\\.?|no\\.?|#))';
/** Labels before a code, and what a question calls it. The first that fits wins. */
const LABELS: readonly (readonly [label: string, what: string])[] = [
  [`(?:participant|guest) (?:pass)?code`, 'the participant code'],
  [`(?:host|leader|moderator) (?:pass)?code`, 'the host code'],
  [`pass ?code`, 'the passcode'],
  [`access code`, 'the access code'],
  [`(?:conference|meeting) (?:id|code)`, 'the conference code'],
  [`confirmation(?:${NUMBER}| code)`, 'the confirmation number'],
  [`invoice${NUMBER}`, 'the invoice number'],
  [`(?:purchase order|p\\.?o\\.?)${NUMBER}`, 'the purchase order number'],
  [`order${NUMBER}`, 'the order number'],
  [`deal${NUMBER}?`, 'the deal number'],
  [`contract${NUMBER}`, 'the contract number'],
  [`ticket${NUMBER}`, 'the ticket number'],
  [`(?:reference|ref\\.?)${NUMBER}`, 'the reference number'],
  [`account${NUMBER}`, 'the account number'],
  [`flight${NUMBER}?`, 'the flight number'],
  [`tracking${NUMBER}`, 'the tracking number'],
  [`request(?:${NUMBER}| id)`, 'the request number'],
  [`docket${NUMBER}s?`, 'the docket number'],
  [`case${NUMBER}`, 'the case number'],
  [`transaction${NUMBER}`, 'the transaction number'],
  [`meter${NUMBER}`, 'the meter number'],
  [`(?:user ?name|user ?id|login(?: id| name)?)`, 'the user name'],
  [`serial${NUMBER}`, 'the serial number'],
  [`room${NUMBER}?`, 'the room number'],
  [`version${NUMBER}?`, 'the version number'],
  [`bug${NUMBER}?`, 'the bug number'],
  [`tag${NUMBER}`, 'the tag number'],
  [`badge${NUMBER}`, 'the badge number'],
];
const CODE = '(?<value>(?=[\\w./-]*\\d)[A-Z0-9][\\w]*(?:[./-][\\w]+)*)';
const PATTERNS = LABELS.map(
  ([label, what]) =>
    [
      new RegExp(
        `(?<![\\w-])(?:${label})(?: ?(?:is|was|will be|of))?(?: your new)?\\s?[:#=-]*\\s?\\(?#?${CODE}(?![\\w%]|\\.\\d|,\\d|['/:]\\w)`,
        'gi',
      ),
      what,
    ] as const,
);

export const code: ValueKind = {
  id: 'code',
  level: 1,
  find: findCodes,
  hints: /(?!)/g,
  asks: [],
  asksWhat: ASKS_WHAT,
};

function findCodes(text: string): FoundValue[] {
  const found: FoundValue[] = [];
  for (const [pattern, what] of PATTERNS) {
    for (const value of findAll(text, pattern, () => what)) {
      const after = text.slice(value.end, value.end + 14);
      if (/^\s*(?:,|and|or|&|-|to|thru|through|\/)\s*#?[A-Z]*\d/i.test(after)) {
        // One of a list: kept, so that the label is known to stand for several.
        found.push({ ...value, text: `${value.text}…` });
      } else if (!found.some((other) => value.start < other.end && other.start < value.end))
        found.push(value);
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
