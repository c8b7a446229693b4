/** Masked against unmasked by one button: how many seeds, and how far a queue has come. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLive, usePage } from '../page';
import { t } from '../texts';
import { trainObstacle } from './obstacle';

const SEEDS = [1, 2, 3, 4, 5];

export function CompareModes(): JSX.Element {
  const { live, runner, derived, now } = usePage();
  const seeds = useSignal(1);
  const obstacle = useLive((state) => trainObstacle(state, derived.resolved.value));
  const { queue } = live;
  const busy = derived.busy.value;
  const start = (): void => {
    const { settings } = derived.resolved.value;
    if (settings !== null) void runner.compareModes(settings, now().form.preset, seeds.value);
  };
  return (
    <div class="compare-modes">
      <div class="button-row">
        <button type="button" disabled={busy || obstacle !== null} onClick={start}>
          {t.setup.compareModes}
        </button>
        <label>
          <select
            value={seeds.value}
            disabled={busy}
            onChange={({ currentTarget }) => (seeds.value = Number(currentTarget.value))}
          >
            {SEEDS.map((n) => (
              <option key={n} value={n}>
                {n}
              </option>
            ))}
          </select>{' '}
          {t.setup.seeds(seeds.value)}
        </label>
      </div>
      <p class="note">
        {queue === null
          ? t.setup.compareModesNote(2 * seeds.value)
          : t.setup.queue(queue.done + 1, queue.runs.length)}
      </p>
    </div>
  );
}
