/** A group as it is trained: one tree, in which what the rollouts share stands once. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TrajectoryView } from '../../grpo/types';
import { advantageStep, tokenRole } from '../colour';
import { integer, list, percent, signed } from '../format';
import { usePage } from '../page';
import { VerdictMark } from '../parts/verdict';
import { t } from '../texts';
import { verdict } from '../tokens';
import { groupTree, type Stretch, type TreeToken } from './tree';

export function GroupTreeView({ items }: { readonly items: readonly TrajectoryView[] }): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details class="card" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>{t.why.tree.title}</summary>
      {isOpen.value && <Tree items={items} />}
    </details>
  );
}

function Tree({ items }: { readonly items: readonly TrajectoryView[] }): JSX.Element {
  const tree = useMemo(() => groupTree(items), [items]);
  if (tree === null) return <p class="note">{t.why.tree.noIds}</p>;
  const { roots, distinct, total } = tree;
  const scale = Math.max(0.01, ...items.map(({ advantage }) => Math.abs(advantage)));
  return (
    <>
      <p class="note">
        {t.why.tree.counts(integer(distinct), integer(total), percent(distinct / Math.max(1, total)))}
      </p>
      <ul class="tree">
        {roots.map((root) => (
          <Branch key={root.node} stretch={root} all={items.length} scale={scale} />
        ))}
      </ul>
    </>
  );
}

interface BranchProps {
  readonly stretch: Stretch;
  /** Rollouts of the group. */
  readonly all: number;
  readonly scale: number;
}

function Branch({ stretch, all, scale }: BranchProps): JSX.Element {
  const { dispatch } = usePage();
  const { tokens, rollouts, ends, branches } = stretch;
  const pushes = tokens.filter(({ trained }) => trained);
  const mean = pushes.reduce((sum, { push }) => sum + push, 0) / Math.max(1, pushes.length);
  return (
    <li>
      <p class="tree-head">
        {rollouts.length === all && all > 1
          ? t.why.tree.sharedByAll(all)
          : t.why.tree.sharedBy(rollouts.length, list(rollouts.map((one) => String(one + 1))))}
        {pushes.length > 0 && ` ${t.why.tree.push(signed(mean))}`}
      </p>
      <div class="tok-text tree-text">
        {tokens.map((token, i) => (
          <span key={i} class={looksOf(token, scale)}>
            {token.text.replaceAll('\n', '⏎\n')}
          </span>
        ))}
      </div>
      {ends.map((item) => (
        <button
          key={item.rollout}
          type="button"
          class="quiet tree-end"
          onClick={() => dispatch({ kind: 'trajectory-open', group: item.group, rollout: item.rollout })}
        >
          <VerdictMark verdict={verdict(item)} />{' '}
          {t.why.tree.end(item.rollout + 1, signed(item.reward), signed(item.advantage))}
        </button>
      ))}
      {branches.length > 0 && (
        <ul>
          {branches.map((branch) => (
            <Branch key={branch.node} stretch={branch} all={all} scale={scale} />
          ))}
        </ul>
      )}
    </li>
  );
}

function looksOf({ source, trained, push }: TreeToken, scale: number): string {
  if (!trained) return `tok role-${tokenRole(source, false)}`;
  const step = advantageStep(push, scale);
  return step === 0 ? 'tok role-trained' : `tok adv-${step > 0 ? 'up' : 'down'}-${Math.abs(step)}`;
}
