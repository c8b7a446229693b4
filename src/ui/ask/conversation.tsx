/** One conversation of the Ask view: turns as they are written, what the tools answered, and the verdict. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Turn } from '../../conversation/types';
import { answererName } from '../answerers';
import type { Conversation } from '../ask-state';
import { viewOf, type EnvironmentView } from '../environments';
import { t } from '../texts';
import { Answer } from './answer';

export function ConversationView({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const { answerer, environment, turns, writing, status, answer } = conversation;
  const view = viewOf(environment);
  const name = answererName(answerer);
  const said = statusText(conversation);
  // Finished turns are drawn once, while the one being written grows.
  const finished = useMemo(
    () => turns.map((turn, i) => <TurnView key={i} turn={turn} number={i + 1} view={view} />),
    [turns, view],
  );
  return (
    <article class="ask-conversation" aria-label={t.ask.answerOf(name)}>
      <h4>{name}</h4>
      <p class="ask-status" role="status" hidden={said === ''}>
        {said}
      </p>
      <ol class="ask-turns">{finished}</ol>
      <div class="ask-turn ask-writing" hidden={status !== 'answering' || writing.length === 0}>
        <p class="ask-head">{t.ask.writes}</p>
        <p>
          <code class="ask-text">{writing.join('')}</code>
          <span class="ask-caret" aria-hidden="true" />
        </p>
      </div>
      <div class="ask-end">{answer !== null && <Answer answer={answer} view={view} />}</div>
    </article>
  );
}

function statusText({ status, loading }: Conversation): string {
  switch (status) {
    case 'waiting':
      return t.ask.waits;
    case 'between-steps':
      return t.ask.waitsForStep;
    case 'loading': {
      if (loading === null) return t.ask.starting;
      const { done, total, note } = loading;
      return t.ask.loading(note, total > 0 && done > 0 ? Math.round((100 * done) / total) : null);
    }
    case 'answering':
    case 'done':
      return '';
    case 'stopped':
      return t.ask.stopped;
    case 'failed':
      return t.ask.failed;
  }
}

interface TurnProps {
  readonly turn: Turn;
  /** Counted from 1. */
  readonly number: number;
  readonly view: EnvironmentView;
}

function TurnView({ turn, number, view }: TurnProps): JSX.Element {
  const { calls, results, text } = turn;
  return (
    <li class="ask-turn">
      <p class="ask-head">
        <b>{t.ask.turn(number)}</b> {calls.map(view.callText).join('; ') || t.ask.noCall}
      </p>
      <p>
        <code class="ask-text">{text}</code>
      </p>
      {results.map((result, i) => {
        const shown = view.result(result);
        return shown === null ? null : (
          <div key={i} class={`ask-result${result.isError ? ' is-error' : ''}`}>
            {shown}
          </div>
        );
      })}
    </li>
  );
}
