/**
 * Tool results as the policy reads them: compact JSON, shortened to a budget of characters (UTF-16 units).
 * Whatever the budget, a result is valid JSON; the smallest ones are `[]` and `{}`.
 */
import { cutText } from '../result-text';
import type { Email, EmailId, SearchHit } from './corpus/types';

export interface ResultStyle {
  /** Keep the `<b>` marks of snippets. */
  readonly snippetMarks: boolean;
  /** `minute` adds the time (UTC) to the date of a mail. */
  readonly mailDate: 'day' | 'minute';
}

export interface RenderedResult {
  readonly content: string;
  /** Ids whose search hit, or whose mail text, the policy gets to see. */
  readonly emailIds: readonly EmailId[];
  readonly truncated: boolean;
}

/** Characters that every result needs at least. */
export const MIN_RESULT_LENGTH = 2;

/** Says inside the JSON that something was left out. */
const TRUNCATED = { truncated: true };

/** Hits are dropped from the end until the list fits; `{"truncated":true}` then closes the list if there is room. */
export function renderHits(hits: readonly SearchHit[], budget: number, style: ResultStyle): RenderedResult {
  const items = hits.map(({ id, snippet }) => ({
    message_id: id,
    snippet: style.snippetMarks ? snippet : snippet.replace(/<\/?b>/g, ''),
  }));
  const whole = JSON.stringify(items);
  if (whole.length <= budget) {
    return { content: whole, emailIds: hits.map((hit) => hit.id), truncated: false };
  }
  for (let count = items.length - 1; count >= 0; count--) {
    const content = JSON.stringify([...items.slice(0, count), TRUNCATED]);
    if (content.length <= budget) {
      return { content, emailIds: hits.slice(0, count).map((hit) => hit.id), truncated: true };
    }
  }
  return { content: '[]', emailIds: [], truncated: true };
}

/** The body is cut first; a mail of which not even an empty body fits is replaced by `{"truncated":true}`. */
export function renderMail(mail: Email, budget: number, style: ResultStyle): RenderedResult {
  const fields = {
    message_id: mail.id,
    from: mail.from,
    to: mail.to,
    ...(mail.cc.length === 0 ? {} : { cc: mail.cc }),
    date: mailDate(mail.date, style),
    subject: mail.subject,
  };
  const whole = JSON.stringify({ ...fields, body: mail.body });
  if (whole.length <= budget) return { content: whole, emailIds: [mail.id], truncated: false };

  const render = (length: number): string =>
    JSON.stringify({ ...fields, body: cutText(mail.body, length), ...TRUNCATED });
  // Escapes make the JSON grow unevenly with the body, but never shrink: search for the longest body that fits.
  let low = 0;
  let high = mail.body.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (render(middle).length <= budget) low = middle;
    else high = middle - 1;
  }
  if (low === 0) return replaced(budget);
  return { content: render(low), emailIds: [mail.id], truncated: true };
}

export function renderError(message: string, budget: number): RenderedResult {
  const content = JSON.stringify({ error: message });
  return content.length <= budget ? { content, emailIds: [], truncated: false } : replaced(budget);
}

function replaced(budget: number): RenderedResult {
  const content = JSON.stringify(TRUNCATED);
  return { content: content.length <= budget ? content : '{}', emailIds: [], truncated: true };
}

function mailDate(date: number | null, style: ResultStyle): string | null {
  if (date === null) return null;
  const iso = new Date(date).toISOString();
  return style.mailDate === 'day' ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}
