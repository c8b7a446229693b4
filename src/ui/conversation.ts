/** One conversation of the Ask view: turns as they are written, what the tools answered, and the verdict. */
import type { ToolCall, ToolResult, Turn } from '../conversation/types';
import type { AskAnswer, AskSource } from '../../workers/api';
import { answererName } from './answerers';
import { el, fill, hidden, setText } from './dom';
import { count, number, signed } from '../report/format';
import type { Conversation } from './ask-state';
import { tokenLegend, tokenView } from './token-view';
import { endText, trained, verdict } from './tokens';

/** A node that follows its conversation: finished turns are drawn once, the one being written grows. */
export class ConversationView {
  readonly root: HTMLElement;
  readonly #status = el('p', { class: 'ask-status', role: 'status' });
  readonly #turns = el('ol', { class: 'ask-turns' });
  readonly #writing = el('code', { class: 'ask-text' });
  readonly #open: HTMLElement;
  readonly #end = el('div', { class: 'ask-end' });
  #drawn: Conversation | null = null;

  constructor(conversation: Conversation) {
    this.#open = el(
      'div',
      { class: 'ask-turn ask-writing', hidden: true },
      el('p', { class: 'ask-head' }, 'The model writes'),
      el('p', {}, this.#writing, el('span', { class: 'ask-caret', 'aria-hidden': 'true' })),
    );
    this.root = el(
      'article',
      { class: 'ask-conversation', 'aria-label': `Answer of ${answererName(conversation.answerer)}` },
      el('h4', {}, answererName(conversation.answerer)),
      this.#status,
      this.#turns,
      this.#open,
      this.#end,
    );
    this.update(conversation);
  }

  update(conversation: Conversation): void {
    const before = this.#drawn;
    if (conversation === before) return;
    this.#drawn = conversation;
    const { turns, writing, answer, status } = conversation;
    if (before?.turns !== turns) {
      // Told turns come back with the answer; those already there need not be drawn again.
      for (const turn of turns.slice(this.#turns.childElementCount)) {
        this.#turns.append(turnNode(turn, this.#turns.childElementCount));
      }
    }
    this.#open.hidden = status !== 'answering' || writing.length === 0;
    if (before?.writing !== writing) setText(this.#writing, writing.join(''));
    setText(this.#status, statusText(conversation));
    this.#status.hidden = this.#status.textContent === '';
    if (before?.answer !== answer && answer !== null) fill(this.#end, answerNode(answer));
  }
}

function statusText({ status, loading }: Conversation): string {
  switch (status) {
    case 'waiting':
      return 'Waits for its turn.';
    case 'loading': {
      if (loading === null) return 'Starting…';
      const share =
        loading.total > 0 && loading.done > 0 ? ` ${Math.round((100 * loading.done) / loading.total)} %` : '';
      return `Loading ${loading.note}${share}…`;
    }
    case 'answering':
    case 'done':
      return '';
    case 'stopped':
      return 'Stopped before it had answered.';
    case 'failed':
      return 'Failed; the reason is at the top of the page.';
  }
}

function turnNode(turn: Turn, index: number): HTMLElement {
  const { calls, results } = turn;
  return el(
    'li',
    { class: 'ask-turn' },
    el(
      'p',
      { class: 'ask-head' },
      el('b', {}, `Turn ${index + 1}`),
      ` ${calls.map(callText).join('; ') || 'no tool call that could be read'}`,
    ),
    el('p', {}, el('code', { class: 'ask-text' }, turn.text)),
    ...results.filter(({ name }) => name !== 'return_final_answer').map(resultNode),
  );
}

/** A call in words. */
export function callText({ name, arguments: given }: ToolCall): string {
  const text = (key: string): string | null => {
    const value = given[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  switch (name) {
    case 'search_emails': {
      const keywords = Array.isArray(given['keywords'])
        ? given['keywords'].map((word) => `“${String(word)}”`)
        : [];
      const filters = [
        ['from', text('from_addr')],
        ['to', text('to_addr')],
        ['after', text('sent_after')],
        ['before', text('sent_before')],
      ].flatMap(([what, value]) => (value === null ? [] : [`${what ?? ''} ${value ?? ''}`]));
      return ['searches for', keywords.join(' and ') || 'nothing', ...filters].join(' ');
    }
    case 'read_email':
      return `reads mail ${text('message_id') ?? '(none named)'}`;
    case 'return_final_answer':
      return 'answers';
    default:
      return name === '' ? 'calls a tool without a name' : `calls ${name}`;
  }
}

function resultNode(result: ToolResult): HTMLElement {
  return el(
    'div',
    { class: `ask-result${result.isError ? ' is-error' : ''}` },
    ...resultParts(parsed(result.content)),
  );
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Contents are JSON by contract; a broken one is shown as it is.
    return content;
  }
}

function resultParts(value: unknown): Node[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [el('p', { class: 'ask-head' }, 'Nothing found.')];
    const hits = value.filter(isRecord);
    return [
      el(
        'ul',
        { class: 'ask-hits' },
        ...hits.map((hit) =>
          typeof hit['message_id'] === 'string'
            ? el('li', {}, el('code', {}, hit['message_id']), ' ', ...marked(textOf(hit['snippet'])))
            : el('li', {}, 'further hits left out for length'),
        ),
      ),
    ];
  }
  if (!isRecord(value)) return [el('p', {}, textOf(value))];
  if (typeof value['error'] === 'string') return [el('p', {}, value['error'])];
  if (typeof value['subject'] !== 'string') {
    return [el('p', { class: 'ask-head' }, 'Left out for length: the context is nearly full.')];
  }
  return [
    el('p', { class: 'ask-head' }, `${textOf(value['from'])}, ${textOf(value['date'])}`),
    el('p', {}, el('b', {}, value['subject'])),
    el('p', { class: 'ask-body' }, textOf(value['body'])),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The search's own marks as bold text; everything else in a snippet is only text. */
export function marked(snippet: string): Node[] {
  return snippet
    .split(/(<b>.*?<\/b>)/)
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^<b>(.*)<\/b>$/.exec(part);
      return match ? el('b', {}, match[1] ?? '') : document.createTextNode(part);
    });
}

const VERDICT_SIGN = { right: '✓', wrong: '✗', abstained: '?', 'no answer': '–' } as const;

function answerNode(answer: AskAnswer): HTMLElement {
  const result = verdict(answer.view);
  const isScored = answer.correct !== null;
  const written = trained(answer.view.lossMask);
  const speed = answer.seconds > 0 ? `, ${number(written / answer.seconds)} per second` : '';
  const tokens = el(
    'details',
    { class: 'ask-tokens' },
    el('summary', {}, 'Every token, and how sure the model was'),
  );
  tokens.addEventListener(
    'toggle',
    () => {
      if (tokens.childElementCount > 1) return;
      tokens.append(
        tokenLegend('logprob', false),
        tokenView(answer.view, {
          colouring: 'logprob',
          label: 'Tokens of the conversation',
          outsideTraining: true,
        }),
      );
    },
    { once: true },
  );
  return el(
    'div',
    {},
    el(
      'p',
      { class: 'ask-answer' },
      isScored &&
        el(
          'span',
          { class: `verdict verdict-${result.replace(' ', '-')}`, 'aria-hidden': 'true' },
          VERDICT_SIGN[result],
        ),
      isScored && hidden(`${result}: `),
      answer.answer === null
        ? `No answer: it ${endText(answer.endReason)}.`
        : el('b', {}, answer.answer === '' ? '(an empty answer)' : answer.answer),
    ),
    isScored &&
      el(
        'p',
        { class: 'ask-gold' },
        answer.correct ? 'Right; the answer on file is ' : 'The right answer is ',
        el('b', {}, answer.gold ?? ''),
        '.',
      ),
    sourcesNode(answer),
    el(
      'p',
      { class: 'note' },
      `${count(answer.turns.length, 'turn')}, ${count(written, 'token')} written in ${number(answer.seconds)} s${speed}` +
        (answer.reward === null
          ? '.'
          : `; in training this would earn a reward of ${signed(answer.reward)}.`),
    ),
    tokens,
  );
}

function sourcesNode({ sources, answer }: AskAnswer): HTMLElement | null {
  if (answer === null) return null;
  if (sources.length === 0) return el('p', { class: 'note' }, 'It named no mail as its source.');
  return el('ul', { class: 'ask-sources' }, ...sources.map((source) => el('li', {}, sourceNode(source))));
}

function sourceNode({ id, email, isReference }: AskSource): HTMLElement {
  if (email === null) {
    return el('p', {}, 'Source ', el('code', {}, id), ', a mail that does not exist.');
  }
  const day = email.date === null ? '' : `, ${new Date(email.date).toISOString().slice(0, 10)}`;
  return el(
    'details',
    {},
    el(
      'summary',
      {},
      'Source ',
      el('code', {}, id),
      ` “${email.subject}”`,
      isReference && el('span', { class: 'tag tag-good' }, 'holds the answer'),
    ),
    el('p', { class: 'ask-head' }, `${email.from}${day}`),
    el('p', { class: 'ask-body' }, email.body),
  );
}
