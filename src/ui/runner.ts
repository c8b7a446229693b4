/** What the buttons do: calls to the worker, with the state kept in step. */
import type { RunEvent } from '../grpo/types';
import type { Mode } from '../settings/choices';
import { checkpointStep, CONFIG_FILE } from '../report/run-files';
import type { Settings } from '../settings/settings';
import type { ExportRequest, GivenFile, RunPlan, RunResult, TrainerApi } from '../../workers/api';
import { download, downloadBlob, exportFolder } from './parts/download';
import { formOfRun, resolveForm, withEdit, withEnvironment } from './form-state';
import { interruptedRun } from './interrupted';
import { explain } from './problems';
import { Library } from './runs/library';
import { plannedModes } from './plan';
import { loadRun, storedRuns } from './runs';
import { neededBy } from './reach/reach';
import { openUserEnvironment } from './user-environment';
import { currentRecord, isActive, type Action, type RunRecord, type State } from './state';
import { RecordedRuns, type RecordedRun } from './recorded/recorded';
import type { Store } from './store';
import { watchingOf } from './why/watching';
import { t } from './texts';

export type PageStore = Store<State, Action>;

export class Runner {
  readonly #api: TrainerApi;
  readonly #store: PageStore;
  #isStarting = false;
  /** Since the present queue began. */
  #wasStopped = false;
  #hasLooked = false;
  readonly library: Library;

  readonly #recorded: RecordedRuns;

  constructor(api: TrainerApi, store: PageStore, recorded = new RecordedRuns()) {
    this.#api = api;
    this.#recorded = recorded;
    this.#store = store;
    this.library = new Library(api, store, () => this.refreshFiles());
  }

  async probe(): Promise<void> {
    void this.#api
      .storageLasts()
      .then((lasting) => this.#store.dispatch({ kind: 'lasting', lasting }))
      .catch(() => undefined);
    try {
      const report = await this.#api.probe();
      this.#store.dispatch({ kind: 'device', device: { kind: 'known', report } });
    } catch (error) {
      this.#store.dispatch({ kind: 'device', device: { kind: 'unknown' } });
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'load') });
    }
  }

  /** Where this document may not reach the model's site, that is asked for. */
  #asksToReach(settings: Settings): boolean {
    const elsewhere = neededBy(settings, this.#store.state.reach);
    if (elsewhere !== null) this.#store.dispatch({ kind: 'reach-asked', elsewhere });
    return elsewhere !== null;
  }

  /** Starts a run in a folder of its own, so that earlier runs stay for comparison. Never rejects; null for a failed run. */
  async train(settings: Settings, preset: string): Promise<RunResult | null> {
    if (this.#isStarting || isActive(this.#store.state.run.status)) return null;
    if (this.#asksToReach(settings)) return null;
    let outputDir = settings.outputDir;
    this.#isStarting = true;
    try {
      // At once, before anything is loaded: until then a second tab would take the same one.
      if (settings.resume === 'no') outputDir = await this.#api.reserveRun(outputDir);
    } catch {
      // The run itself says why it cannot have a folder.
    } finally {
      this.#isStarting = false;
    }
    void navigator.storage?.persist?.().catch(() => false);
    await this.watch();
    const own = { ...settings, outputDir };
    const keeping = this.library.keeping(own, preset);
    return this.run(own, preset, keeping.onEvent).then(
      (result) => {
        keeping.end(result.reason);
        return result;
      },
      () => {
        keeping.end('failed');
        return null;
      },
    );
  }

  /** Trains what the form says with the mask and without, seed by seed, and shows the runs together. Never rejects. */
  async compareModes(settings: Settings, preset: string, seeds: number): Promise<void> {
    if (this.#isStarting || isActive(this.#store.state.run.status)) return;
    const { dispatch } = this.#store;
    const runs = plannedModes(settings, preset, seeds);
    dispatch({ kind: 'view', view: 'compare' });
    // The curves and the conclusion are of these runs; the others can be ticked again.
    for (const { id } of this.#store.state.records) dispatch({ kind: 'record-shown', id, shown: false });
    this.#wasStopped = false;
    for (const [done, { settings: own }] of runs.entries()) {
      dispatch({ kind: 'queue', queue: { runs, done } });
      const result = await this.train(own, preset);
      // What was stopped or has failed is not gone on with by itself. A stop during the last step ends no run early.
      if (result === null || result.reason === 'stopped' || this.#wasStopped) break;
    }
    dispatch({ kind: 'queue', queue: null });
  }

  /** Trains what a run trained, in another mode, and shows the two together. */
  async trainSibling(record: RunRecord, mode: Mode): Promise<void> {
    if (record.settings === null || isActive(this.#store.state.run.status)) return;
    const form = formOfRun(record.settings, record.preset, mode);
    // The form follows, so that the page names what it is doing.
    this.#store.dispatch({ kind: 'form', form });
    this.#store.dispatch({ kind: 'view', view: 'compare' });
    const { settings } = resolveForm(form);
    if (settings !== null) await this.train(settings, form.preset);
  }

  /** Goes on with a run from its last save or the checkpoint named, with the settings that it was started with. */
  async continueRun(outputDir: string, resume: Settings['resume'] = 'latest'): Promise<void> {
    const record = this.#store.state.records.find((r) => r.outputDir === outputDir);
    const settings =
      record?.settings ?? (await loadRun(this.#api, outputDir, []).catch(() => null))?.settings;
    if (!settings) {
      this.#store.dispatch({
        kind: 'problem',
        problem: {
          get title() {
            return t.problems.noSettings.title;
          },
          get message() {
            return t.problems.noSettings.message(`${outputDir}/${CONFIG_FILE}`);
          },
          get remedy() {
            return t.problems.noSettings.remedy;
          },
          resumeDir: null,
        },
      });
      return;
    }
    this.#store.dispatch({ kind: 'view', view: 'curves' });
    await this.train({ ...settings, outputDir, resume }, record?.preset ?? '');
  }

  /** The worker's `run`, shown on the page; settles as the worker's does. */
  async run(settings: Settings, preset: string, onEvent: (event: RunEvent) => void): Promise<RunResult> {
    const { dispatch } = this.#store;
    const earlier = this.#store.state.records.find((record) => record.outputDir === settings.outputDir);
    const resumes = settings.resume !== 'no' && earlier !== undefined;
    const record: RunRecord = {
      id: `session:${settings.outputDir}`,
      outputDir: settings.outputDir,
      origin: 'session',
      settings,
      preset,
      steps: resumes ? earlier.steps : [],
      ...(resumes && earlier.warmStart !== undefined ? { warmStart: earlier.warmStart } : {}),
      evaluations: resumes ? earlier.evaluations : [],
      ...(resumes && earlier.label !== undefined ? { label: earlier.label } : {}),
      finished: false,
    };
    dispatch({ kind: 'run-asked', record, maxSteps: settings.maxSteps, at: performance.now() });
    try {
      const result = await this.#api.run(settings, (event) => {
        dispatch({ kind: 'run-event', event, at: performance.now() });
        onEvent(event);
      });
      dispatch({ kind: 'run-done', result, at: performance.now() });
      return result;
    } catch (error) {
      const saved = this.#store.state.run.saved.some((name) => checkpointStep(name) !== null);
      const problem = explain(error, 'train', saved || resumes ? settings.outputDir : null);
      dispatch({ kind: 'run-failed', problem, at: performance.now() });
      throw error;
    } finally {
      void this.refreshFiles();
    }
  }

  /** What a run of these settings will hold. @throws PolicyError, EnvironmentError; GpuError where it does not fit */
  plan(settings: Settings): Promise<RunPlan> {
    return this.#api.plan(settings);
  }

  /** Tells the worker what to look at beside training. It is there to be seen only, so nothing depends on whether it can. */
  async watch(): Promise<void> {
    await this.#api.watch(watchingOf(this.#store.state.watching)).catch(() => undefined);
  }

  async pause(): Promise<void> {
    this.#store.dispatch({ kind: 'pausing' });
    await this.#attempt('pause', async () => {
      await this.#api.pause();
      this.#store.dispatch({ kind: 'paused', at: performance.now() });
    });
  }

  async resume(): Promise<void> {
    await this.#attempt('pause', async () => {
      await this.#api.resume();
      this.#store.dispatch({ kind: 'resumed', at: performance.now() });
    });
  }

  /** Ends the run, and what was to come after it. */
  async stop(): Promise<void> {
    this.#wasStopped = true;
    this.#store.dispatch({ kind: 'stopping', at: performance.now() });
    await this.#attempt('pause', () => this.#api.stop());
  }

  async downloadAdapter(outputDir: string, which: string): Promise<void> {
    await this.#attempt('download', async () => {
      const zip = await this.#api.exportAdapter(outputDir, which);
      download(`${outputDir.split('/').at(-1) ?? 'mailgym'}-${which}.zip`, zip, 'application/zip');
    });
  }

  /** Adds a user's file as an environment and chooses it. Answers whether that could be done. */
  async addEnvironment(name: string, text: string): Promise<boolean> {
    try {
      await this.openEnvironment(name, text);
    } catch (error) {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'environment') });
      return false;
    }
    const form = withEnvironment(this.#store.state.form, name);
    this.#store.dispatch({ kind: 'form', form });
    return true;
  }

  /** @throws EnvironmentError */
  openEnvironment(name: string, text: string): Promise<void> {
    return openUserEnvironment(this.#api, name, text);
  }

  /** Opens a model of the visitor's and chooses it. */
  async openModel(files: readonly GivenFile[]): Promise<void> {
    const dispatch = (action: Action): void => this.#store.dispatch(action);
    const [first] = files;
    // Of a folder its name.
    dispatch({ kind: 'opening-model', name: first?.path.split('/')[0] ?? '' });
    try {
      const model = await this.#api.openModel(files);
      dispatch({ kind: 'opened-model', model });
      dispatch({ kind: 'form', form: withEdit(this.#store.state.form, 'model', model.model) });
      dispatch({ kind: 'problem', problem: null });
    } catch (error) {
      dispatch({ kind: 'opened-model', model: null });
      dispatch({ kind: 'problem', problem: explain(error, 'model') });
    }
  }

  /** About how many bytes an export writes; null where that cannot be found out, which the page then says, or was stopped. */
  async exportSize(request: ExportRequest, signal: AbortSignal): Promise<number | null> {
    const stop = (): void => void this.#api.stopExportSize(request).catch(() => undefined);
    signal.addEventListener('abort', stop);
    try {
      return await this.#api.exportSize(request);
    } catch (error) {
      if (!signal.aborted) this.#store.dispatch({ kind: 'problem', problem: explain(error, 'export') });
      return null;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * Writes an export into a folder that the visitor chooses, where the browser can do that, and else as a download.
   * Answers what to say of it; null where nothing was made.
   */
  async exportModel(
    request: ExportRequest,
    onProgress: (done: number, total: number) => void,
  ): Promise<readonly string[] | null> {
    try {
      const folder = await exportFolder();
      const { notices, file } = await this.#api.exportModel(request, folder, onProgress);
      if (file !== null) downloadBlob(file.name, file.content);
      const place =
        file === null ? t.storage.writtenInto(folder?.name ?? '') : t.storage.downloaded(file.name);
      return [place, ...notices];
    } catch (error) {
      // The visitor chose no folder, or ended it.
      if ((error as Error).name !== 'AbortError')
        this.#store.dispatch({ kind: 'problem', problem: explain(error, 'export') });
      return null;
    }
  }

  async stopExporting(): Promise<void> {
    await this.#attempt('export', () => this.#api.stopExporting());
  }

  /** Empty for none. The text is kept nowhere on this side. */
  async setHubToken(text: string): Promise<void> {
    const token = text.trim();
    await this.#api.setHubToken(token === '' ? null : token).catch(() => undefined);
  }

  async removeDownload(base: string): Promise<void> {
    await this.#api.removeDownload(base).catch((error: unknown) => {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'storage') });
    });
    await this.refreshFiles();
  }

  /** Lists the storage, reads the curves of runs not yet known. */
  async refreshFiles(): Promise<void> {
    // Without storage there are none, and what lists files says so.
    const downloads = await this.#api.listDownloads().catch(() => []);
    this.#store.dispatch({ kind: 'downloads', downloads });
    try {
      const files = await this.#api.listFiles('');
      const estimate = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
      const usage =
        estimate.usage === undefined || estimate.quota === undefined
          ? null
          : { used: estimate.usage, quota: estimate.quota };
      this.#store.dispatch({ kind: 'files', files, usage });
      const known = new Map(this.#store.state.records.map((record) => [record.outputDir, record]));
      const records: RunRecord[] = [];
      for (const run of storedRuns(files)) {
        if (!run.hasMetrics) continue;
        const record = known.get(run.outputDir) ?? (await loadRun(this.#api, run.outputDir, files));
        if (record !== null && record.origin === 'stored') records.push(record);
      }
      this.#store.dispatch({ kind: 'stored-records', records });
      this.#tellInterrupted(files);
    } catch (error) {
      this.#store.dispatch({ kind: 'files', files: [], usage: null });
      this.#store.dispatch({
        kind: 'run-event',
        event: { kind: 'warning', message: explain(error, 'storage').message },
        at: performance.now(),
      });
    }
  }

  /** Once, on opening: a run of an earlier visit that did not come to its end. */
  #tellInterrupted(files: readonly string[]): void {
    const { problem, run, records } = this.#store.state;
    if (this.#hasLooked || problem !== null || run.status !== 'idle') return;
    this.#hasLooked = true;
    const found = interruptedRun(files, records);
    if (found !== null) this.#store.dispatch({ kind: 'problem', problem: found });
  }

  /** Fetches recorded runs and lists them with the others. Answers whether they are there; if not, the page says why. */
  async openRecorded(runs: readonly RecordedRun[]): Promise<boolean> {
    try {
      for (const run of runs) await this.#recorded.open(run);
    } catch (error) {
      this.#store.dispatch({ kind: 'problem', problem: explain(error, 'storage') });
      return false;
    }
    await this.refreshFiles();
    return true;
  }

  async removeRun(outputDir: string): Promise<void> {
    await this.library.remove([outputDir]);
  }

  /** Asks the test questions with the adapter of a run, without training. */
  async evaluate(settings: Settings, outputDir: string, which: string): Promise<void> {
    const { dispatch } = this.#store;
    if (this.#asksToReach(settings)) return;
    const base = { outputDir, which, report: null };
    dispatch({ kind: 'evaluation', evaluation: { ...base, busy: true, progress: null } });
    try {
      const report = await this.#api.evaluate(settings, 'test', { outputDir, which }, (event) => {
        if (event.kind !== 'progress') return;
        const { phase, done, total, note } = event;
        dispatch({
          kind: 'evaluation',
          evaluation: { ...base, busy: true, progress: { phase, done, total, note } },
        });
      });
      dispatch({ kind: 'evaluation', evaluation: { ...base, busy: false, progress: null, report } });
    } catch (error) {
      dispatch({ kind: 'evaluation', evaluation: null });
      dispatch({ kind: 'problem', problem: explain(error, 'evaluate') });
    }
  }

  /** The worker's interface for callers outside the page's own code; runs started there are drawn as well. */
  get instrumented(): TrainerApi {
    return { ...this.#api, run: (settings, onEvent) => this.run(settings, '', onEvent) };
  }

  async #attempt(asked: Parameters<typeof explain>[1], action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const record = currentRecord(this.#store.state);
      // A run that fails tells so itself; the pause that failed with it adds nothing.
      if (asked === 'pause' && record !== null && this.#store.state.run.status === 'failed') return;
      this.#store.dispatch({ kind: 'problem', problem: explain(error, asked) });
    }
  }
}
