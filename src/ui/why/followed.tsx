/** One question, asked again and again while the run learns: its answers side by side. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Followed } from '../../report/kept-trajectories';
import { signed } from '../format';
import { usePage } from '../page';
import { TokenLegend } from '../parts/token-legend';
import { TokenView } from '../parts/token-view';
import { VerdictMark } from '../parts/verdict';
import { t } from '../texts';
import { endText, verdict } from '../tokens';
import { FollowChoice } from './follow-choice';
import { FOLLOW_EVERY, spread } from './watching';

/** Answers side by side. */
const COLUMNS = 4;

export function FollowedView(): JSX.Element | null {
  const { live, derived } = usePage();
  const { followed } = live.trajectories;
  const isOpen = useSignal(true);
  if (followed.length === 0 && !derived.busy.value) return null;
  const [first] = followed;
  return (
    <details
      class="card followed"
      open={isOpen.value}
      onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}
    >
      <summary>
        <h3>{t.why.follow.title}</h3>
      </summary>
      <p class="chart-caption">{t.why.follow.note(FOLLOW_EVERY)}</p>
      {first === undefined ? (
        <p class="note">{t.why.follow.waiting}</p>
      ) : (
        <>
          <p>
            <b>{first.item.question}</b>
            {first.item.goldAnswer !== null && ` · ${t.trajectories.rightAnswer} ${first.item.goldAnswer}`}
          </p>
          <TokenLegend colouring="logprob" trainsTools={false} />
          <div class="followed-columns">
            {spread(followed, COLUMNS).map((one) => (
              <Column key={one.step} {...one} />
            ))}
          </div>
        </>
      )}
      <FollowChoice />
    </details>
  );
}

function Column({ step, item }: Followed): JSX.Element {
  const { answer, endReason, reward } = item;
  return (
    <section class="followed-column" aria-label={t.why.follow.atStep(step)}>
      <h4>{t.why.follow.atStep(step)}</h4>
      <p class="traj-verdict">
        <VerdictMark verdict={verdict(item)} />{' '}
        {answer === null ? endText(endReason) : t.trajectories.quoted(answer)}{' '}
        <span class="note">{t.why.follow.reward(signed(reward))}</span>
      </p>
      <TokenView view={item} colouring="logprob" label={t.why.follow.tokens(step)} outsideTraining />
    </section>
  );
}
