/** Teaching view: which tokens of one trajectory would be trained with the mask, and which without. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TrajectoryView } from '../../grpo/types';
import { percent } from '../format';
import { EXAMPLE } from '../example';
import { useLive } from '../page';
import { RecordedPanel } from '../recorded/panel';
import { TokenLegend } from '../parts/token-legend';
import { TokenView } from '../parts/token-view';
import { openTrajectory, shownBatch, type State } from '../state';
import { t } from '../texts';
import { modeMask, mostTelling, trained } from '../tokens';

export function MaskView(): JSX.Element {
  const item = useLive(subject);
  return (
    <div class="mask-view">
      <h2>{t.mask.title}</h2>
      <p class="lead">{t.mask.lead}</p>
      <p class="note">{item === EXAMPLE ? t.mask.ofExample : t.mask.ofRun(item.question)}</p>
      <div class="mask-columns">
        <Column item={item} mode="masked" />
        <Column item={item} mode="rollout" />
      </div>
      <TokenLegend colouring="mask" trainsTools />
      {item === EXAMPLE && <RecordedPanel />}
    </div>
  );
}

/** The open trajectory, else the most telling one of the shown step, else the example. */
function subject({ trajectories }: State): TrajectoryView {
  const open = openTrajectory(trajectories);
  if (open !== null) return open;
  return mostTelling(shownBatch(trajectories)?.items ?? []) ?? EXAMPLE;
}

interface ColumnProps {
  readonly item: TrajectoryView;
  readonly mode: 'masked' | 'rollout';
}

function Column({ item, mode }: ColumnProps): JSX.Element {
  const mask = useMemo(() => modeMask(item.source, mode), [item, mode]);
  const counted = trained(mask);
  const total = item.tokens.length;
  const share = counted / Math.max(1, total);
  const { name, text, label } = t.mask.mode[mode];
  return (
    <section class={`mask-column mask-${mode}`} aria-label={name}>
      <h3>{name}</h3>
      <p class="mask-share">
        <span class="share-bar" aria-hidden="true">
          <i style={`width: ${100 * share}%`} />
        </span>
        {t.mask.share(counted, total, percent(share))}
      </p>
      <p>{text}</p>
      <TokenView view={item} colouring="mask" mask={mask} label={label} />
    </section>
  );
}
