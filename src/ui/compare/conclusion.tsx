/** What the shown runs say about each other, in words, with what they cannot say. */
import type { JSX } from 'preact';
import type { Limit, Side } from '../../report/conclusion';
import { verdictWords } from '../../report/conclusion-words';
import { fixed, number, percent } from '../format';
import { t } from '../texts';
import type { Comparison } from './comparison';

export function ConclusionView({ names, conclusion }: Comparison): JSX.Element {
  return (
    <section class="card conclusion" aria-label={t.conclusion.title}>
      <h3>{t.conclusion.title}</h3>
      <p class={`conclusion-${conclusion.verdict}`} role="status">
        <b>{verdictText({ names, conclusion })}</b>
      </p>
      <ul>
        {conclusion.sides.map((side, i) => (
          <li key={i}>{sideText(names[i] ?? '', side)}</li>
        ))}
      </ul>
      {conclusion.limits.length > 0 && (
        <p class="note">
          {t.app.sentences([
            t.conclusion.cannotSay,
            ...conclusion.limits.map((limit) => limitText(limit, names)),
          ])}
        </p>
      )}
    </section>
  );
}

/** The sentence that names the winner, or says that there is none. */
export function verdictText({ names, conclusion }: Comparison): string {
  const words = { ahead: t.conclusion.ahead, cannotTell: t.conclusion.cannotTell };
  return verdictWords(names, conclusion, words, fixed);
}

export function sideText(name: string, { accuracy, start, signs }: Side): string {
  const first = t.conclusion.side({
    name,
    start: start === null ? null : percent(start),
    end: percent(accuracy),
  });
  const more = signs.map((sign) => {
    switch (sign.kind) {
      case 'entropy-rose':
      case 'entropy-fell':
        return t.conclusion.sign[sign.kind](number(sign.change.from, 2), number(sign.change.to, 2));
      case 'without-call-rose':
        return t.conclusion.sign[sign.kind](percent(sign.change.from), percent(sign.change.to));
      case 'moved-far':
        return t.conclusion.sign[sign.kind](number(sign.kl, 2));
    }
  });
  return t.app.sentences([first, ...more]);
}

function limitText(limit: Limit, names: readonly [string, string]): string {
  switch (limit.kind) {
    case 'one-seed':
      return t.conclusion.limit['one-seed'];
    case 'few-questions':
      return t.conclusion.limit['few-questions'](limit.questions, fixed(100 * limit.margin, 0));
    case 'unequal-steps':
      return t.conclusion.limit['unequal-steps'](names, limit.steps);
    case 'seeds-disagree':
      return t.conclusion.limit['seeds-disagree'](names, limit.ahead, limit.behind);
  }
}
