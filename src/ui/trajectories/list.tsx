/** Trajectories of a step, by question. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TrajectoryView } from '../../grpo/types';
import { signed } from '../format';
import { usePage } from '../page';
import { VerdictMark } from '../parts/verdict';
import { shownBatch } from '../state';
import { t } from '../texts';
import { groupReason } from '../why/numbers';
import { matches } from './filter';
import { endText, questionGroups, verdict, type QuestionGroup } from '../tokens';

export function TrajectoryList(): JSX.Element {
  const batch = shownBatch(usePage().live.trajectories);
  const { filter } = usePage().live.trajectories;
  const groups = useMemo(() => questionGroups(batch?.items ?? []), [batch]);
  const shown = groups.map((group) => ({
    group,
    items: group.items.filter((item) => matches(item, filter)),
  }));
  if (batch !== null && shown.every(({ items }) => items.length === 0))
    return <p class="empty">{t.trajectories.noMatch}</p>;
  return (
    <div class="traj-list">
      {shown.map(
        ({ group, items }) =>
          items.length > 0 && (
            <Group key={`${batch?.step ?? ''} ${group.group}`} group={group} items={items} />
          ),
      )}
    </div>
  );
}

interface GroupProps {
  readonly group: QuestionGroup;
  /** Those of it that are listed. */
  readonly items: readonly TrajectoryView[];
}

function Group({ group, items }: GroupProps): JSX.Element {
  const { question, goldAnswer, right } = group;
  const all = group.items.length;
  return (
    <section class="traj-group" aria-label={question}>
      <h3>{question}</h3>
      <p class="traj-gold">
        {goldAnswer !== null && (
          <>
            {t.trajectories.rightAnswer} <b>{goldAnswer}</b> ·{' '}
          </>
        )}
        {right === null ? t.trajectories.rollouts(all) : t.trajectories.right(right, all)}{' '}
        {!group.kept && <span class="tag">{t.why.reason[groupReason(group)]}</span>}
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
