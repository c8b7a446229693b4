/** Train, Pause, Resume and Stop, with what stands in their way. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { allowedButtons, trainObstacle } from './obstacle';

export function RunButtons(): JSX.Element {
  const { runner, derived, now } = usePage();
  const status = useLive((state) => state.run.status);
  const obstacle = useLive((state) => trainObstacle(state, derived.resolved.value));
  const allowed = allowedButtons(status);
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // A button that vanishes under the focus hands it to the one that takes its place.
    const focused = document.activeElement;
    if (!(focused instanceof HTMLButtonElement && focused.hidden)) return;
    [...(row.current?.querySelectorAll('button') ?? [])]
      .find((button) => !button.hidden && !button.disabled)
      ?.focus({ preventScroll: true });
  }, [status]);
  const train = (): void => {
    const { settings } = derived.resolved.value;
    if (settings !== null) void runner.train(settings, now().form.preset);
  };
  return (
    <div class="run-buttons">
      <div class="button-row" ref={row}>
        <button
          type="button"
          class="primary"
          id="train"
          hidden={!allowed.train}
          disabled={obstacle !== null}
          onClick={train}
        >
          {status === 'ended' || status === 'failed' ? t.setup.trainAgain : t.setup.train}
        </button>
        <button type="button" class="primary" hidden={!allowed.resume} onClick={() => void runner.resume()}>
          {t.setup.resume}
        </button>
        <button
          type="button"
          hidden={!allowed.pause}
          disabled={status === 'pausing'}
          onClick={() => void runner.pause()}
        >
          {status === 'pausing' ? t.setup.pausing : t.setup.pause}
        </button>
        <button
          type="button"
          hidden={!allowed.stop}
          disabled={status === 'stopping'}
          onClick={() => void runner.stop()}
        >
          {status === 'stopping' ? t.setup.stopping : t.setup.stop}
        </button>
      </div>
      <p class="train-why" hidden={obstacle === null}>
        <span role="status">{obstacle}</span>{' '}
        <button
          type="button"
          class="quiet"
          hidden={derived.resolved.value.problems.size === 0}
          onClick={showWrong}
        >
          {t.setup.show}
        </button>
      </p>
    </div>
  );
}

/** Unfolds whatever hides the first wrong setting, and goes to it. */
function showWrong(): void {
  const wrong = document.querySelector<HTMLElement>('.field.is-wrong');
  for (let at = wrong?.closest('details'); at; at = at.parentElement?.closest('details')) at.open = true;
  wrong?.querySelector<HTMLElement>('input, select')?.focus();
}
