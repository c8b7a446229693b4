/** What the colours of tokens mean. */
import type { JSX } from 'preact';
import { percent } from '../format';
import { PROBABILITY_BOUNDS } from '../colour';
import type { Colouring } from '../state';
import { t } from '../texts';

interface Props {
  readonly colouring: Colouring;
  /** Whether results of tools are trained in what is shown. */
  readonly trainsTools: boolean;
}

export function TokenLegend({ colouring, trainsTools }: Props): JSX.Element {
  return (
    <ul class="legend">
      {items(colouring, trainsTools).map(([look, text]) => (
        <li key={look}>
          <span class={`tok ${look}`} aria-hidden="true">
            {t.tokens.sample}
          </span>{' '}
          {text}
        </li>
      ))}
    </ul>
  );
}

function items(colouring: Colouring, trainsTools: boolean): readonly (readonly [string, string])[] {
  const { legend, role } = t.tokens;
  switch (colouring) {
    case 'mask':
      return [
        ['role-prompt', legend.prompt],
        ['role-trained', role.trained],
        ['role-untrained', role.untrained],
        ['role-tool', role.tool],
        ...(trainsTools ? [['role-tool-trained', role['tool-trained']] as const] : []),
      ];
    case 'advantage':
      return [
        ['adv-down-4', legend.muchLess],
        ['adv-down-2', legend.less],
        ['', legend.same],
        ['adv-up-2', legend.more],
        ['adv-up-4', legend.muchMore],
      ];
    case 'logprob':
      return [
        ['', legend.notByModel],
        ...PROBABILITY_BOUNDS.map((bound, i) => [`sur-${i}`, legend.atLeast(percent(bound))] as const),
        [`sur-${PROBABILITY_BOUNDS.length}`, legend.below(percent(PROBABILITY_BOUNDS.at(-1)))],
      ];
  }
}
