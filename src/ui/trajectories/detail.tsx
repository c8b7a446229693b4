/** One trajectory: its verdict, its numbers, and its tokens. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TrajectoryView } from '../../grpo/types';
import { percent, signed } from '../format';
import { TOKEN_SOURCE } from '../../tokens/types';
import { usePage } from '../page';
import { Segmented } from '../parts/segmented';
import { TokenLegend } from '../parts/token-legend';
import { TokenView } from '../parts/token-view';
import { VerdictSign } from '../parts/verdict';
import { shownBatch } from '../state';
import { t } from '../texts';
import { TokenPanel } from '../why/token-panel';
import { TokenTable } from '../why/token-table';
import { GroupTreeView } from '../why/tree-view';
import { endText, trained, verdict } from '../tokens';

const COLOURINGS = ['mask', 'advantage', 'logprob'] as const;

export function TrajectoryDetail({ item }: { readonly item: TrajectoryView }): JSX.Element {
  const { live, dispatch } = usePage();
  const { colouring, token } = live.trajectories;
  const batch = shownBatch(live.trajectories);
  const group = useMemo(
    () => (batch?.items ?? []).filter((one) => one.group === item.group),
    [batch, item.group],
  );
  const { question, rollout, answer, lossMask, source } = item;
  const result = verdict(item);
  const trainsTools = source.some((one, i) => one === TOKEN_SOURCE.tool && (lossMask[i] ?? 0) > 0);
  const counted = trained(lossMask);
  return (
    <article aria-label={t.trajectories.rolloutOf(rollout + 1, question)}>
      <h3>{question}</h3>
      <p class="traj-verdict">
        <VerdictSign verdict={result} />
        <b> {t.tokens.verdict[result]}</b>
        {` · ${answer === null ? endText(item.endReason) : t.trajectories.quoted(answer)}`}
      </p>
      <p class="traj-facts">
        {t.trajectories.facts({
          reward: signed(item.reward),
          advantage: signed(item.advantage),
          trained: counted,
          tokens: item.tokens.length,
          share: percent(counted / Math.max(1, item.tokens.length)),
        })}
      </p>
      <div class="traj-tools">
        <Segmented
          legend={t.trajectories.colourBy}
          name="colouring"
          options={COLOURINGS.map((value) => [value, t.trajectories.colouring[value]] as const)}
          value={colouring}
          onChoose={(value) => dispatch({ kind: 'colouring', colouring: value })}
        />
        <TokenLegend colouring={colouring} trainsTools={trainsTools} />
      </div>
      <TokenView
        view={item}
        colouring={colouring}
        label={t.trajectories.tokensOf(rollout + 1)}
        onChoose={(chosen) => dispatch({ kind: 'trajectory-token', token: chosen })}
      />
      {token !== null && token < item.tokens.length && <TokenPanel item={item} token={token} />}
      <TokenTable item={item} />
      <GroupTreeView items={group} />
    </article>
  );
}
