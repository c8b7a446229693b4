/** What came out of a conversation: the answer, its verdict, what it cost, and every token. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { AskAnswer } from '../../../workers/api';
import { number, signed } from '../format';
import type { EnvironmentView } from '../environments';
import { TokenLegend } from '../parts/token-legend';
import { TokenView } from '../parts/token-view';
import { VerdictMark } from '../parts/verdict';
import { t } from '../texts';
import { endText, trained, verdict } from '../tokens';

interface Props {
  readonly answer: AskAnswer;
  readonly view: EnvironmentView;
}

export function Answer({ answer, view }: Props): JSX.Element {
  const { gold, correct, seconds, reward } = answer;
  const written = trained(answer.view.lossMask);
  return (
    <div>
      <p class="ask-answer">
        {correct !== null && <VerdictMark verdict={verdict(answer.view)} />}
        {answer.answer === null ? (
          t.ask.noAnswer(endText(answer.endReason))
        ) : (
          <b>{answer.answer === '' ? t.ask.emptyAnswer : answer.answer}</b>
        )}
      </p>
      {gold !== null && (
        <p class="ask-gold">
          {correct === true ? t.ask.rightOnFile : t.ask.rightIs} <b>{gold}</b>.
        </p>
      )}
      {view.explained?.(answer)}
      <p class="note">
        {t.ask.cost({
          turns: answer.turns.length,
          tokens: written,
          seconds: number(seconds),
          speed: seconds > 0 ? number(written / seconds) : null,
          reward: reward === null ? null : signed(reward),
        })}
      </p>
      <Tokens {...answer} />
    </div>
  );
}

/** Drawn when first opened. */
function Tokens({ view }: AskAnswer): JSX.Element {
  const seen = useSignal(false);
  return (
    <details class="ask-tokens" onToggle={() => (seen.value = true)}>
      <summary>{t.ask.everyToken}</summary>
      {seen.value && (
        <>
          <TokenLegend colouring="logprob" trainsTools={false} />
          <TokenView view={view} colouring="logprob" label={t.ask.tokensLabel} outsideTraining />
        </>
      )}
    </details>
  );
}
