/** Trajectories of a step, by question. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TrajectoryView } from '../../grpo/types';
import { signed } from '../format';
import { usePage } from '../page';
import { VerdictMark } from '../parts/verdict';
import { shownBatch } from '../state';
import { t } from '../texts';
import { endText, questionGroups, verdict, type QuestionGroup } from '../tokens';

export function TrajectoryList(): JSX.Element {
  const batch = shownBatch(usePage().live.trajectories);
  const groups = useMemo(() => questionGroups(batch?.items ?? []), [batch]);
  return (
    <div class="traj-list">
      {groups.map((group) => (
        <Group key={`${batch?.step ?? ''} ${group.group}`} group={group} />
      ))}
    </div>
  );
}

function Group({ group }: { readonly group: QuestionGroup }): JSX.Element {
  const { question, goldAnswer, right, items, kept } = group;
  return (
    <section class="traj-group" aria-label={question}>
      <h3>{question}</h3>
      <p class="traj-gold">
        {goldAnswer !== null && (
          <>
            {t.trajectories.rightAnswer} <b>{goldAnswer}</b> ·{' '}
          </>
        )}
        {right === null ? t.trajectories.rollouts(items.length) : t.trajectories.right(right, items.length)}
        {!kept && (
          <span class="tag" title={t.trajectories.notTrainedWhy}>
            {t.trajectories.notTrained}
          </span>
        )}
      </p>
      <ul>
        {items.map((item) => (
          <li key={item.rollout}>
            <Item item={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The answer, or how it ended; where nothing is answered, as in mode simple, neither would say anything. */
function shownEnd({ answer, correct, endReason }: TrajectoryView): string {
  if (answer !== null) return answer;
  return correct === null && endReason !== 'unparsable' ? t.trajectories.rewardOnly : endText(endReason);
}

function Item({ item }: { readonly item: TrajectoryView }): JSX.Element {
  const { live, dispatch } = usePage();
  const { group, rollout, advantage } = item;
  const { open } = live.trajectories;
  const isOpen = open?.group === group && open.rollout === rollout;
  const sign = advantage > 0.005 ? 'up' : advantage < -0.005 ? 'down' : 'flat';
  return (
    <button
      type="button"
      class="traj-item"
      aria-current={isOpen ? 'true' : undefined}
      onClick={() => dispatch({ kind: 'trajectory-open', group, rollout })}
    >
      <VerdictMark verdict={verdict(item)} />
      <span class="traj-answer">{shownEnd(item)}</span>
      <span class="traj-numbers">
        <span class="visually-hidden">{t.trajectories.saidReward} </span>
        {signed(item.reward)}
        <span class="visually-hidden">{t.trajectories.saidAdvantage} </span>
        <span class={`advantage advantage-${sign}`}>{signed(advantage)}</span>
      </span>
    </button>
  );
}
