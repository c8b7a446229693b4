/** One conversation of the Ask view: turns as they are written, what the tools answered, and the verdict. */
import type { ToolResult, Turn } from '../conversation/types';
import type { AskAnswer } from '../../workers/api';
import { answererName } from './answerers';
import { el, fill, hidden, setText } from './dom';
import { viewOf, type EnvironmentView } from './environments';
import { count, number, signed } from '../report/format';
import type { Conversation } from './ask-state';
import { tokenLegend, tokenView } from './token-view';
import { endText, trained, verdict, VERDICT_SIGN } from './tokens';

/** A node that follows its conversation: finished turns are drawn once, the one being written grows. */
export class ConversationView {
  readonly root: HTMLElement;
  readonly #status = el('p', { class: 'ask-status', role: 'status' });
  readonly #turns = el('ol', { class: 'ask-turns' });
  readonly #writing = el('code', { class: 'ask-text' });
  readonly #open: HTMLElement;
  readonly #end = el('div', { class: 'ask-end' });
  readonly #view: EnvironmentView;
  #drawn: Conversation | null = null;

  constructor(conversation: Conversation) {
    this.#view = viewOf(conversation.environment);
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
        this.#turns.append(turnNode(turn, this.#turns.childElementCount, this.#view));
      }
    }
    this.#open.hidden = status !== 'answering' || writing.length === 0;
    if (before?.writing !== writing) setText(this.#writing, writing.join(''));
    setText(this.#status, statusText(conversation));
    this.#status.hidden = this.#status.textContent === '';
    if (before?.answer !== answer && answer !== null) fill(this.#end, answerNode(answer, this.#view));
  }
}

function statusText({ status, loading }: Conversation): string {
  switch (status) {
    case 'waiting':
      return 'Waits for its turn.';
    case 'between-steps':
      return 'A run is training; the answer comes when its present step is done.';
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

function turnNode(turn: Turn, index: number, view: EnvironmentView): HTMLElement {
  const { calls, results } = turn;
  return el(
    'li',
    { class: 'ask-turn' },
    el(
      'p',
      { class: 'ask-head' },
      el('b', {}, `Turn ${index + 1}`),
      ` ${calls.map(view.callText).join('; ') || 'no tool call that could be read'}`,
    ),
    el('p', {}, el('code', { class: 'ask-text' }, turn.text)),
    ...results.map((result) => resultNode(result, view)),
  );
}

function resultNode(result: ToolResult, view: EnvironmentView): HTMLElement | null {
  const nodes = view.resultNodes(result);
  if (nodes === null) return null;
  return el('div', { class: `ask-result${result.isError ? ' is-error' : ''}` }, ...nodes);
}

function answerNode(answer: AskAnswer, view: EnvironmentView): HTMLElement {
  const result = verdict(answer.view);
  const isJudged = answer.correct !== null;
  const written = trained(answer.view.lossMask);
  const speed = answer.seconds > 0 ? `, ${number(written / answer.seconds)} per second` : '';
  return el(
    'div',
    {},
    el(
      'p',
      { class: 'ask-answer' },
      isJudged &&
        el(
          'span',
          { class: `verdict verdict-${result.replace(' ', '-')}`, 'aria-hidden': 'true' },
          VERDICT_SIGN[result],
        ),
      isJudged && hidden(`${result}: `),
      answer.answer === null
        ? `No answer: it ${endText(answer.endReason)}.`
        : el('b', {}, answer.answer === '' ? '(an empty answer)' : answer.answer),
    ),
    goldNode(answer),
    view.explained?.(answer) ?? null,
    el(
      'p',
      { class: 'note' },
      `${count(answer.turns.length, 'turn')}, ${count(written, 'token')} written in ${number(answer.seconds)} s${speed}` +
        (answer.reward === null
          ? '.'
          : `; in training this would earn a reward of ${signed(answer.reward)}.`),
    ),
    tokensNode(answer),
  );
}

function goldNode({ gold, correct }: AskAnswer): HTMLElement | null {
  if (gold === null) return null;
  const text = correct === true ? 'Right; the answer on file is ' : 'The right answer is ';
  return el('p', { class: 'ask-gold' }, text, el('b', {}, gold), '.');
}

/** Drawn when first opened. */
function tokensNode({ view }: AskAnswer): HTMLElement {
  const node = el(
    'details',
    { class: 'ask-tokens' },
    el('summary', {}, 'Every token, and how sure the model was'),
  );
  const draw = () =>
    node.append(
      tokenLegend('logprob', false),
      tokenView(view, { colouring: 'logprob', label: 'Tokens of the conversation', outsideTraining: true }),
    );
  node.addEventListener('toggle', draw, { once: true });
  return node;
}
