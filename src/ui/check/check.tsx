/** `?check`: the device looked over, for a visitor to read and to paste from. A view of its own in the place of the page. */
import { effect } from '@preact/signals';
import { render, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeviceCheck, TrainerApi } from '../../../workers/api';
import { checkLines } from '../../report/check/words';
import { withLanguage } from '../address';
import { followLanguage } from '../effects';
import { LanguageSelect } from '../language-switch';
import { messageOf } from '../problems';
import { t } from '../texts';
import { chosenLanguage, speak } from '../texts/language';

type Found =
  | { readonly kind: 'busy'; readonly what: string | null }
  | { readonly kind: 'done'; readonly check: DeviceCheck }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Draws the check into `host` with the switch of languages in its place, and nothing else of the page. */
export function mountCheck(
  { host, languageSlot }: { readonly host: HTMLElement; readonly languageSlot: HTMLElement },
  api: Pick<TrainerApi, 'checkDevice'>,
): void {
  followLanguage();
  effect(() => {
    document.title = t.check.title;
    if (chosenLanguage.value === null) return;
    const hash = withLanguage(location.hash, chosenLanguage.value);
    history.replaceState(null, '', `${location.pathname}${location.search}#${hash}`);
  });
  // Where its texts cannot be fetched, the check goes on in the language that it has.
  render(<LanguageSelect choose={(next) => void speak(next, true).catch(() => undefined)} />, languageSlot);
  render(<Check api={api} />, host);
}

function Check({ api }: { readonly api: Pick<TrainerApi, 'checkDevice'> }): JSX.Element {
  const [found, setFound] = useState<Found>({ kind: 'busy', what: null });
  const language = chosenLanguage.value;
  const look = (): void => {
    setFound({ kind: 'busy', what: null });
    api
      .checkDevice((what) => setFound((now) => (now.kind === 'busy' ? { kind: 'busy', what } : now)))
      .then(
        (check) => setFound({ kind: 'done', check }),
        (error: unknown) => setFound({ kind: 'failed', error }),
      );
  };
  useEffect(look, []);
  return (
    <section class="card check" aria-label={t.check.title} aria-busy={found.kind === 'busy'}>
      <h2>{t.check.title}</h2>
      <p>{t.check.about}</p>
      <div role="status">
        {found.kind === 'busy' && <p>{found.what === null ? t.check.busy : t.check.doing(found.what)}</p>}
        {found.kind === 'failed' && <p>{t.check.failed(messageOf(found.error))}</p>}
        {found.kind === 'done' && <p class="verdict">{found.check.ok ? t.check.good : t.check.bad}</p>}
      </div>
      {found.kind === 'done' && <Findings check={found.check} />}
      <p>
        {found.kind !== 'busy' && (
          <button type="button" onClick={look}>
            {t.check.again}
          </button>
        )}{' '}
        <a href={language === null ? './' : `./#${withLanguage('', language)}`}>{t.check.back}</a>
      </p>
    </section>
  );
}

function Findings({ check }: { readonly check: DeviceCheck }): JSX.Element {
  const text = checkLines(check).join('\n');
  return (
    <>
      <h3>{t.check.problems}</h3>
      {check.problems.length === 0 && <p>{t.check.none}</p>}
      <ul>
        {check.problems.map((problem, i) => (
          <li key={i}>{t.app.sentences([t.check.problem(problem), t.check.remedy(problem)])}</li>
        ))}
      </ul>
      <h3>{t.check.whole}</h3>
      <CopyButton text={text} />
      <pre tabIndex={0} lang="en">
        {text}
      </pre>
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
