/** Training as one call. */
import { host } from '#platform';
import { trainRun } from '../run/train-run';
import { storedAdapter } from '../run/stored-adapter';
import { MemoryStore } from '../run/stores/memory-store';
import { checkpointName, FINAL_FOLDER } from '../report/run-files';
import { GivenUp, RunControl } from '../run/train/control';
import { SettingsError, settingProblem, type SettingProblem } from '../settings/values';
import { adapterFiles } from './adapter';
import { withHeld, type Held } from './held';
import { choose, type Chosen } from './settings';
import { abortable } from './signal';
import type { TrainOptions, TrainSummary } from './types';

/** What `settings.outputDir` says of a run whose files are in no folder. */
const IN_MEMORY = 'memory';

/** See calls.ts. */
export function train(options: TrainOptions): Promise<TrainSummary> {
  return abortable(options.signal, (begun) => run(options, begun));
}

async function run(options: TrainOptions, begun: () => void): Promise<TrainSummary> {
  const outputDir = placeOf(options);
  const chosen = await choose(options, { outputDir: outputDir ?? IN_MEMORY });
  const { settings } = chosen;
  const store =
    outputDir === null ? (options.store ?? new MemoryStore()) : await host.runStore(settings.outputDir);
  const from = options.adapter === undefined ? null : await adapterFiles(options.adapter);
  return await withHeld(options, (held) =>
    held.alone(chosen, (session) =>
      steered(held, chosen, options.signal, async (control) => {
        const { signal, onEvent = () => undefined } = options;
        signal?.throwIfAborted();
        const start = {
          ...(from === null ? {} : { adapter: from }),
          ...(signal === undefined ? {} : { signal }),
        };
        const onOpened = () => {
          signal?.throwIfAborted();
          begun();
        };
        const summary = await trainRun(session, settings, store, onEvent, control, { ...start, onOpened });
        const path = summary.reason === 'stopped' ? checkpointName(summary.step) : FINAL_FOLDER;
        const files = await storedAdapter(store, path, outputDir ?? 'The store');
        const place = outputDir === null ? null : settings.outputDir;
        return { ...summary, adapter: { files, path }, outputDir: place, store };
      }),
    ),
  );
}

/** Ends by the signal; questions may come meanwhile. */
async function steered<T>(
  held: Held,
  chosen: Chosen,
  signal: AbortSignal | undefined,
  work: (control: RunControl) => Promise<T>,
): Promise<T> {
  const control = new RunControl();
  const end = () => control.stopNow();
  signal?.addEventListener('abort', end, { once: true });
  held.running = { ...chosen, control };
  try {
    return await work(control);
  } catch (error) {
    throw error instanceof GivenUp ? (signal?.reason ?? error) : error;
  } finally {
    signal?.removeEventListener('abort', end);
    held.running = null;
    await control.finish();
  }
}

/** The folder for the run's files; null for none. @throws SettingsError */
function placeOf({ outputDir, store, settings = {} }: TrainOptions): string | null {
  const folder = outputDir ?? settings.outputDir ?? null;
  const refuse = (problem: SettingProblem) => new SettingsError([problem]);
  if (folder !== null && store !== undefined) {
    throw refuse(settingProblem('store', 'settings/two-places', { folder }));
  }
  const { resume = 'no' } = settings;
  if (folder === null && store === undefined && resume !== 'no') {
    throw refuse(settingProblem('resume', 'settings/no-place', { resume }));
  }
  return folder;
}
