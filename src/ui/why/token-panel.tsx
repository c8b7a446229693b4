/** Every number of one token, and its update as a picture where logits were read. */
import type { JSX } from 'preact';
import type { TrajectoryView } from '../../grpo/types';
import { usePage } from '../page';
import { t } from '../texts';
import { tokenFacts } from '../tokens';
import { UpdatePicture } from './update-picture';

interface Props {
  readonly item: TrajectoryView;
  readonly token: number;
}

export function TokenPanel({ item, token }: Props): JSX.Element {
  const { dispatch } = usePage();
  const { text, index, lines } = tokenFacts(item, token);
  const { moves = [] } = item.update ?? {};
  const move = moves.find((one) => one.token === token);
  return (
    <section class="card token-panel" aria-label={t.why.token.title(text, index)}>
      <h4>
        {t.why.token.title(text, index)}{' '}
        <button
          type="button"
          class="quiet"
          onClick={() => dispatch({ kind: 'trajectory-token', token: null })}
        >
          {t.app.close}
        </button>
      </h4>
      <dl class="facts">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {move === undefined ? (
        <p class="note">
          {t.why.token.noLogits}{' '}
          {moves.map((one) => (
            <button
              key={one.token}
              type="button"
              class="quiet"
              onClick={() => dispatch({ kind: 'trajectory-token', token: one.token })}
            >
              {t.why.token.title(tokenFacts(item, one.token).text, one.token)}
            </button>
          ))}
        </p>
      ) : (
        <UpdatePicture item={item} move={move} />
      )}
    </section>
  );
}
