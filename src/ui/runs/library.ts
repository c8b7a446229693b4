/** What can be done with the runs that are kept: written on, opened again, removed; and what is kept of one that goes on. */
import type { RunEvent, StopReason } from '../../grpo/types';
import type { Settings } from '../../settings/settings';
import type { TrainerApi } from '../../../workers/api';
import { explain } from '../problems';
import type { PageStore } from '../runner';
import {
  batchText,
  followedLine,
  KEPT_FOLLOWED,
  keptPath,
  keptStep,
  parseBatch,
  parseFollowed,
  type Followed,
  type TrajectoryBatch,
} from '../../report/kept-trajectories';
import { KEPT_BATCHES, tokensOf, tooManyBatches, type RunRecord, type View } from '../state';
import type { PickedFile } from '../parts/dropped-files';
import { runZip, zipPaths, type ZipChoice } from './export';
import { lotsOf } from './given';
import { importLots, type ImportedRuns } from './importing';
import { KEPT_LOG, logText, parseLog } from './kept';
import { BLANK_LABEL, LABEL_FILE, type RunLabel } from './label';

/** Follows one run from its start. */
export interface Keeping {
  readonly onEvent: (event: RunEvent) => void;
  readonly end: (reason: StopReason | 'failed') => void;
}

type OnError = (error: unknown) => void;

export class Library {
  readonly #api: TrainerApi;
  readonly #store: PageStore;
  readonly #refresh: () => Promise<void>;
  /** Writes come one after the other: two of one file would leave either. */
  #written: Promise<void> = Promise.resolve();

  constructor(api: TrainerApi, store: PageStore, refresh: () => Promise<void>) {
    this.#api = api;
    this.#store = store;
    this.#refresh = refresh;
  }

  /**
   * Keeps what a run's own files do not have: when it began and ended, the latest trajectories, the log. Nothing is
   * written before the first step, since a run that is stopped while it loads leaves no folder.
   */
  keeping({ outputDir }: Settings, preset: string): Keeping {
    let steps: { readonly step: number; readonly tokens: number }[] = [];
    let hasBegun = false;
    const begin = (): void => {
      hasBegun = true;
      const label = this.#labelOf(outputDir);
      this.#setLabel(outputDir, { ...label, preset, started: label.started ?? Date.now(), ended: null });
    };
    const keepLog = (): void => this.#write(`${outputDir}/${KEPT_LOG}`, logText(this.#store.state.log));
    return {
      onEvent: (event) => {
        if (!hasBegun && (event.kind === 'step' || event.kind === 'warm-start')) begin();
        if (event.kind === 'saved' && hasBegun) keepLog();
        if (event.kind === 'followed') {
          const text = this.#store.state.trajectories.followed.map(followedLine).join('');
          this.#write(`${outputDir}/${KEPT_FOLLOWED}`, text);
        }
        if (event.kind !== 'trajectories') return;
        const { step, items } = event;
        this.#write(`${outputDir}/${keptPath(step)}`, batchText({ step, items }));
        steps = [...steps.filter((one) => one.step !== step), { step, tokens: tokensOf(items) }];
        const old = tooManyBatches(steps);
        steps = steps.filter((one) => !old.includes(one.step));
        for (const one of old) this.#next(() => this.#api.removeFiles(`${outputDir}/${keptPath(one)}`));
      },
      end: (reason) => {
        // One that goes on has a folder from before; what it kept there of its log stays where nothing came to it.
        if (!hasBegun && !this.#hasSteps(outputDir)) return;
        if (hasBegun) keepLog();
        this.#setLabel(outputDir, { ...this.#labelOf(outputDir), ended: { reason, at: Date.now() } });
      },
    };
  }

  /** Settles when everything that was to be kept is. */
  get settled(): Promise<void> {
    return this.#written;
  }

  /** Writes name, note or tags on a run. */
  relabel(outputDir: string, change: Partial<Pick<RunLabel, 'name' | 'note' | 'tags'>>): void {
    this.#setLabel(outputDir, { ...this.#labelOf(outputDir), ...change }, (error) =>
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'storage') }),
    );
  }

  /** Shows a run as it ended: its curves and evaluations, and what was kept of its trajectories and log. */
  async reopen({ id, outputDir }: RunRecord, view: View = 'curves'): Promise<void> {
    try {
      const batches = await this.batchesOf({ outputDir });
      const log = parseLog((await this.text(`${outputDir}/${KEPT_LOG}`)) ?? '');
      const followed = await this.#followedOf(outputDir);
      this.#store.dispatch({ kind: 'reopened', id, batches, log, followed, view });
    } catch (error) {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'storage') });
    }
  }

  /** Trajectories that were kept of a run, the latest steps, oldest first. */
  async batchesOf({ outputDir }: Pick<RunRecord, 'outputDir'>): Promise<TrajectoryBatch[]> {
    await this.#written;
    const kept = (await this.#api.listFiles(`${outputDir}/`))
      .filter((path) => keptStep(path) !== null)
      .sort((a, b) => (keptStep(a) ?? 0) - (keptStep(b) ?? 0))
      .slice(-KEPT_BATCHES.most);
    const batches: TrajectoryBatch[] = [];
    for (const path of kept) {
      const batch = parseBatch((await this.text(path)) ?? '');
      if (batch !== null) batches.push(batch);
    }
    return batches;
  }

  async #followedOf(outputDir: string): Promise<Followed[]> {
    return parseFollowed((await this.text(`${outputDir}/${KEPT_FOLLOWED}`)) ?? '');
  }

  /** A run as one file, which {@link add} takes. */
  async zipOf({ outputDir }: Pick<RunRecord, 'outputDir'>, choice: ZipChoice): Promise<Uint8Array> {
    await this.#written;
    const prefix = `${outputDir}/`;
    const paths = (await this.#api.listFiles(prefix)).map((path) => path.slice(prefix.length));
    const files = new Map<string, Uint8Array>();
    for (const path of zipPaths(paths, choice)) {
      const content = await this.#api.readFile(prefix + path);
      if (content !== null) files.set(path, content);
    }
    return runZip(files, choice);
  }

  /** Adds runs of files that a visitor gives. Never rejects: what cannot be added is named in the answer. */
  async add(
    picked: readonly PickedFile[],
    onProgress?: (done: number, all: number) => void,
  ): Promise<ImportedRuns> {
    try {
      return await importLots(this.#api, lotsOf(picked), this.#store.state.records, onProgress);
    } catch (error) {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'storage') });
      return { added: [], refused: [] };
    } finally {
      await this.#refresh();
    }
  }

  /** Removes runs with all their files, for good. Those that cannot be removed stay, and the page says why. */
  async remove(outputDirs: readonly string[]): Promise<void> {
    await this.#written;
    for (const outputDir of outputDirs) {
      try {
        await this.#api.removeFiles(`${outputDir}/`);
        this.#store.dispatch({ kind: 'run-removed', outputDir });
      } catch (error) {
        this.#store.dispatch({ kind: 'problem', problem: explain(error, 'storage') });
      }
    }
    await this.#refresh();
  }

  /** Text of a file in the browser's storage; null where there is none. */
  async text(path: string): Promise<string | null> {
    const bytes = await this.#api.readFile(path);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  }

  #hasSteps(outputDir: string): boolean {
    const { records } = this.#store.state;
    return records.some((record) => record.outputDir === outputDir && record.steps.length > 0);
  }

  #labelOf(outputDir: string): RunLabel {
    const { records } = this.#store.state;
    return records.find((record) => record.outputDir === outputDir)?.label ?? BLANK_LABEL;
  }

  #setLabel(outputDir: string, label: RunLabel, onError?: OnError): void {
    this.#store.dispatch({ kind: 'label', outputDir, label });
    this.#write(`${outputDir}/${LABEL_FILE}`, JSON.stringify(label), onError);
  }

  #write(path: string, text: string, onError?: OnError): void {
    this.#next(() => this.#api.writeFile(path, new TextEncoder().encode(text)), onError);
  }

  /** A full storage is told of by a run itself, which writes there too; what is kept beside it must not end it. */
  #next(work: () => Promise<void>, onError: OnError = () => undefined): void {
    this.#written = this.#written.then(work).catch(onError);
  }
}
