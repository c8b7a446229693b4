/** `?check`: the device looked over, for a visitor to read and to paste from. A view of its own in the place of the page. */
import { render, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeviceCheck, TrainerApi } from '../../../workers/api';
import { checkLines, problemWords } from '../../report/check/words';
import { t } from '../texts';

type Found =
  | { readonly kind: 'busy'; readonly what: string | null }
  | { readonly kind: 'done'; readonly check: DeviceCheck }
  | { readonly kind: 'failed'; readonly message: string };

/** Draws the check into `host`, and nothing else of the page. */
export function mountCheck(host: HTMLElement, api: Pick<TrainerApi, 'checkDevice'>): void {
  render(<Check api={api} />, host);
}

function Check({ api }: { readonly api: Pick<TrainerApi, 'checkDevice'> }): JSX.Element {
  const [found, setFound] = useState<Found>({ kind: 'busy', what: null });
  const look = (): void => {
    setFound({ kind: 'busy', what: null });
    api
      .checkDevice((what) => setFound((now) => (now.kind === 'busy' ? { kind: 'busy', what } : now)))
      .then(
        (check) => setFound({ kind: 'done', check }),
        (error: unknown) =>
          setFound({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
      );
  };
  useEffect(look, []);
  return (
    <section class="card check" aria-label={t.check.title} aria-busy={found.kind === 'busy'}>
      <h2>{t.check.title}</h2>
      <p>{t.check.about}</p>
      <div role="status">
        {found.kind === 'busy' && <p>{found.what === null ? t.check.busy : t.check.doing(found.what)}</p>}
        {found.kind === 'failed' && <p>{t.check.failed(found.message)}</p>}
        {found.kind === 'done' && <p class="verdict">{found.check.ok ? t.check.good : t.check.bad}</p>}
      </div>
      {found.kind === 'done' && <Findings check={found.check} />}
      <p>
        {found.kind !== 'busy' && (
          <button type="button" onClick={look}>
            {t.check.again}
          </button>
        )}{' '}
        <a href="./">{t.check.back}</a>
      </p>
    </section>
  );
}

function Findings({ check }: { readonly check: DeviceCheck }): JSX.Element {
  const text = checkLines(check).join('\n');
  const words = check.problems.map(problemWords);
  return (
    <>
      <h3>{t.check.problems}</h3>
      {words.length === 0 && <p>{t.check.none}</p>}
      <ul>
        {words.map(({ problem, remedy }) => (
          <li key={problem}>
            {problem} {remedy}
          </li>
        ))}
      </ul>
      <h3>{t.check.whole}</h3>
      <CopyButton text={text} />
      <pre tabIndex={0}>{text}</pre>
    </>
  );
}

function CopyButton({ text }: { readonly text: string }): JSX.Element {
  const [copied, setCopied] = useState<string | null>(null);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setCopied(null), 2000);
  };
  return (
    <button type="button" onClick={() => void copy()}>
      {copied === text ? t.check.copied : t.check.copy}
    </button>
  );
}
