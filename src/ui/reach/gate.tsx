/** Stands before open.html begins: what it will reach was agreed to in this tab, or is asked for now. */
import { render, type JSX } from 'preact';
import type { Elsewhere } from '../../settings/reach';
import { fromAddress } from '../address';
import { list } from '../format';
import { t } from '../texts';
import { agreed, documentKind, limitTo, lock } from './document';
import { modelOfForm, offerElsewhere } from './reach';

/**
 * Answers what this document may reach, null where it has no policy. Never settles where the visitor refuses: another
 * document takes this one's place.
 * @param host is drawn in while it asks
 */
export async function enter(host: HTMLElement): Promise<readonly string[] | null> {
  const kind = documentKind();
  if (kind !== 'open') return kind === null ? null : [];
  const wanted = namedBy(location.hash);
  const known = agreed();
  const sources = [...new Set([...known, ...wanted.flatMap((one) => one.sources)])];
  if (sources.length === 0) return leave();
  if (!sources.every((source) => known.includes(source)) && !(await ask(host, wanted))) return leave();
  limitTo(sources);
  return sources;
}

function leave(): Promise<never> {
  lock();
  return new Promise(() => undefined);
}

function namedBy(hash: string): Elsewhere[] {
  const { form, offer } = fromAddress(hash, location.href);
  const offered = offer === null ? null : offerElsewhere(offer, location.href);
  return [modelOfForm(form, location.href), offered].filter((one) => one !== null);
}

async function ask(host: HTMLElement, wanted: readonly Elsewhere[]): Promise<boolean> {
  document.documentElement.classList.add('is-ready');
  const answer = await new Promise<boolean>((resolve) => {
    render(<Question wanted={wanted} answer={resolve} />, host);
  });
  render(null, host);
  return answer;
}

interface Props {
  readonly wanted: readonly Elsewhere[];
  readonly answer: (yes: boolean) => void;
}

function Question({ wanted, answer }: Props): JSX.Element {
  const hosts = list(wanted.map(({ host }) => host));
  return (
    <section class="card problem problem-notice" role="alertdialog" aria-label={t.reach.title(hosts)}>
      <h2>{t.reach.title(hosts)}</h2>
      <p>{t.reach.named(list(wanted.map(({ what }) => what)))}</p>
      <p>{t.reach.learns(hosts)}</p>
      <div class="button-row">
        <button type="button" class="primary" onClick={() => answer(true)}>
          {t.reach.yes(hosts)}
        </button>
        <button type="button" onClick={() => answer(false)}>
          {t.reach.no}
        </button>
      </div>
    </section>
  );
}
