/** The tokens of a trajectory as a table: what each is, and what the step made of it. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { TOKEN_SOURCE } from '../../tokens/types';
import type { TrajectoryView } from '../../grpo/types';
import { fixed, integer, NONE, number, percent, signed, visibleToken } from '../format';
import { usePage } from '../page';
import { t } from '../texts';
import { tokenNumbers } from './numbers';

/** Rows at a time: a long conversation has thousands. */
const ROWS = 100;

export function TokenTable({ item }: { readonly item: TrajectoryView }): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details class="card" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>{t.why.table.title}</summary>
      {isOpen.value && <Rows item={item} />}
    </details>
  );
}

function Rows({ item }: { readonly item: TrajectoryView }): JSX.Element {
  // Of a dropped group nothing was trained.
  const all = useSignal(!item.lossMask.some((one) => one > 0));
  const shown = useSignal(ROWS);
  const tokens = [...item.tokens.keys()].filter((i) => all.value || (item.lossMask[i] ?? 0) > 0);
  const rest = tokens.length - shown.value;
  return (
    <>
      <label class="note">
        <input
          type="checkbox"
          checked={all.value}
          onChange={({ currentTarget }) => (all.value = currentTarget.checked)}
        />{' '}
        {t.why.table.all}
      </label>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={t.why.table.title}>
        <table class="token-table">
          <thead>
            <tr>
              {t.why.table.heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tokens.slice(0, shown.value).map((token) => (
              <Row key={token} item={item} token={token} />
            ))}
          </tbody>
        </table>
      </div>
      {rest > 0 && (
        <button type="button" class="quiet" onClick={() => (shown.value += ROWS)}>
          {t.why.table.more(Math.min(rest, ROWS))}
        </button>
      )}
    </>
  );
}

function Row({ item, token }: { readonly item: TrajectoryView; readonly token: number }): JSX.Element {
  const { dispatch } = usePage();
  const source = item.source[token] ?? TOKEN_SOURCE.prompt;
  const found = tokenNumbers(item, token);
  const nats = (value: number | null | undefined): string =>
    value === null || value === undefined ? NONE : number(value);
  const sampled = source === TOKEN_SOURCE.sampled ? (item.logprobs[token] ?? 0) : null;
  const id = item.ids?.[token];
  const cells = [
    id === undefined ? NONE : integer(id),
    t.why.source[
      source === TOKEN_SOURCE.sampled ? 'sampled' : source === TOKEN_SOURCE.tool ? 'tool' : 'prompt'
    ],
    integer(item.lossMask[token] ?? 0),
    nats(found?.now),
    nats(found?.then ?? sampled),
    nats(found?.reference),
    nats(found?.after),
    found === null ? NONE : fixed(found.ratio, 3),
    found === null ? NONE : found.clipped ? t.why.yes : t.why.no,
    found === null ? NONE : signed(item.tokenAdvantages[token] ?? 0, 3),
    found === null ? NONE : percent(found.share, 2),
  ];
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" onClick={() => dispatch({ kind: 'trajectory-token', token })}>
          {integer(token)} <code>{visibleToken(item.tokens[token] ?? '')}</code>
        </button>
      </th>
      {cells.map((cell, i) => (
        <td key={i}>{cell}</td>
      ))}
    </tr>
  );
}
