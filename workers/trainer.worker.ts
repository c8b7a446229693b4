/** The worker behind the page: everything but drawing. One run, evaluation or check at a time. */
import { expose, transfer } from 'comlink';
import type { FileMap } from '../src/formats/files';
import { EnvironmentError } from '../src/env/errors';
import { carryErrors } from '../src/errors/comlink';
import { loadEnvironmentText } from '../src/env/host/browser';
import { addEnvironment, environmentInfo } from '../src/env/registry';
import type { NamedFile, TaskSource } from '../src/env/types';
import { zipFiles } from '../src/formats/zip';
import { TrainingError } from '../src/errors/training';
import type { Work } from '../src/errors/texts/en/training/run';
import { ask, askMenu, settingsBetween } from '../src/run/ask';
import { evaluateAdapter } from '../src/run/evaluate';
import { exportName, exportRun, exportRunSize } from '../src/run/export-run';
import { planOf } from '../src/run/open-run';
import { OwnDataShelf } from '../src/run/own-data';
import { probeDevice } from '../src/run/probe';
import { BUILT_IN, Session } from '../src/run/session';
import { openBrowserStore, type BrowserStore } from '../src/run/stores/browser-store';
import { trainRun } from '../src/run/train-run';
import { storedAdapter } from '../src/run/stored-adapter';
import type { RunStore } from '../src/run/stores/run-store';
import { subStore } from '../src/run/sub-store';
import { LOCK_FILE, METRICS_FILE } from '../src/report/run-files';
import type { FolderLock } from '../src/run/folder/lock';
import {
  lockInBrowser,
  reserveFolder,
  takeInMemory,
  takeWebLock,
  type ReservedFolder,
  type TakeLock,
} from '../src/run/folder/lock-browser';
import { GivenUp, RunControl } from '../src/run/train/control';
import { findStart } from '../src/run/train/resume';
import { verifyFiles, verifyModel } from '../src/run/verify';
import type { Watching } from '../src/grpo/types';
import type { Settings } from '../src/settings/settings';
import type { AdapterChoice, TrainerApi } from './api';
import { eventChannel } from './events';
import { keepOnnxRuntimeAway, SITE } from './platform';
import { listDownloads, removeDownload } from '../src/run/platform/downloads';
import { GivenModels } from '../src/run/platform/given-models';
import { directorySink, downloadSink } from '../src/run/platform/export-sinks';
import { IMPORTED, pageModels, pagePlatform, pageTasks } from '../src/run/platform/page';
import { browserTuning } from '../src/run/platform/tuning-browser';

keepOnnxRuntimeAway();
carryErrors();
const stores = new Map<string, Promise<BrowserStore>>();
const given = new GivenModels();
const ownData = new OwnDataShelf(importFolder);
/** Ends the action on own data that is going on. */
let stopOwn: (() => void) | null = null;
let session: Session | null = null;
let control: { readonly run: RunControl; readonly settings: Settings } | null = null;
/** The folder of the run that is about to start. */
let reserved: ReservedFolder | null = null;
let asking: AbortController | null = null;
let exporting: AbortController | null = null;
/** By the request, as JSON. */
const sizing = new Map<string, AbortController>();
let busy: Work | null = null;
/** In memory alone, and only here. */
let hubToken: string | null = null;
let watching: Watching = { moves: 0, logits: 0, follow: null };

/** A store of this site, opened once. */
function opened(name: string): Promise<BrowserStore> {
  const store = stores.get(name) ?? openBrowserStore(name);
  stores.set(name, store);
  return store;
}

const store = async (name: string): Promise<RunStore> => (await opened(name)).store;
const runStore = () => store('runs');

/** What is in memory no other tab has, and a frame without an origin has no locks. */
const takeLock: TakeLock = async (name) =>
  (await opened('runs')).lasts ? takeWebLock(name) : takeInMemory(name);

/** @throws PolicyError without WebGPU */
const platform = () => pagePlatform(SITE, importedSource, () => hubToken, given);

/** Exports need no GPU. */
const exportPlatform = () => pageModels(SITE, () => hubToken, given);

/** The folder of what the user gave for an environment. */
async function importFolder(environment: string): Promise<RunStore> {
  const { importStore = `imported-${environment}` } = environmentInfo(environment);
  return subStore(await store(importStore), IMPORTED);
}

async function importedSource(environment: string): Promise<TaskSource | null> {
  const folder = await importFolder(environment);
  const paths = await folder.list();
  if (paths.length === 0) return null;
  return {
    name: IMPORTED,
    list: () => Promise.resolve(paths),
    read: async (path) => {
      const bytes = await folder.read(path);
      if (bytes !== null) return bytes;
      throw EnvironmentError.of('environment/imported-file', { path });
    },
  };
}

/** The folder that was reserved for a run, or one that it goes on in. */
async function lockFor(outputDir: string): Promise<FolderLock> {
  const own = reserved;
  if (own?.outputDir !== outputDir) return lockInBrowser(await runStore(), outputDir, takeLock);
  reserved = null;
  return own.lock;
}

/** What a failure leaves on the GPU is unknown, so the session does not outlive it. */
async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
  session ??= new Session(platform());
  const own = session;
  try {
    return await work(own);
  } catch (error) {
    if (session === own) session = null;
    own.dispose();
    throw error;
  }
}

/** The GPU computes one thing at a time. */
async function alone<T>(what: Work, work: () => Promise<T>): Promise<T> {
  if (busy !== null) throw TrainingError.of('training/busy', { busy, wanted: what });
  busy = what;
  try {
    return await work();
  } finally {
    busy = null;
  }
}

/** Between two steps where a run goes on, with its own model and tasks; at once where none does. */
function aloneOrBetween<T>(
  settings: Settings,
  waiting: () => void,
  work: (settings: Settings) => Promise<T>,
): Promise<T> {
  if (control === null) return alone('question', () => work(settings));
  const { run, settings: running } = control;
  for (const key of ['model', 'baseWeights', 'environment', 'dataset'] as const) {
    if (settings[key] === running[key]) continue;
    // What auto has become has a name of its own.
    if (key === 'baseWeights' && session?.holds(settings) === true) continue;
    throw TrainingError.of('training/running-other', { key, running: running[key], asked: settings[key] });
  }
  waiting();
  return run.between(() => work(settingsBetween(running, settings)));
}

async function adapterFiles(adapter: AdapterChoice): Promise<FileMap | null> {
  if (adapter === null) return null;
  if (!('which' in adapter)) return fileMap(adapter);
  return adapterOf(adapter.outputDir, adapter.which);
}

async function adapterOf(outputDir: string, which: string): Promise<Map<string, Uint8Array>> {
  return storedAdapter(subStore(await runStore(), outputDir), which, outputDir);
}

const api: TrainerApi = {
  probe: () => probeDevice(navigator.gpu as GPU | undefined),
  checkDevice: (onProgress) =>
    alone('check', async () => {
      const { checkDevice } = await import('../src/run/check/device');
      const webgpu = navigator.gpu as GPU | undefined;
      return checkDevice(webgpu, {
        tuning: browserTuning,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    }),

  reserveRun: async (wanted) => {
    await reserved?.lock.release();
    reserved = null;
    reserved = await reserveFolder(await runStore(), wanted, takeLock);
    return reserved.outputDir;
  },

  run: (wanted, onEvent) =>
    alone('training', async () => {
      const own = new RunControl();
      control = { run: own, settings: wanted };
      const { send, delivered } = eventChannel(onEvent);
      const { outputDir } = wanted;
      let lock: FolderLock | undefined;
      try {
        lock = await lockFor(outputDir);
        const { store: folder } = lock;
        // What is wrong with the folder is told before a model is loaded.
        const { checkpoint } = await findStart(folder, wanted);
        try {
          return await withSession(async (held) => {
            const onOpened = () => own.begun();
            const options = { signal: own.opening, watching: () => watching, onOpened };
            return { ...(await trainRun(held, wanted, folder, send, own, options)), outputDir };
          });
        } catch (error) {
          if (!(error instanceof GivenUp)) throw error;
          // Stopped while the model was loaded: the folder is as it was, and what was downloaded is kept.
          const { step, best } = checkpoint?.state ?? { step: 0, best: null };
          send({ kind: 'end', reason: 'stopped', step });
          return { reason: 'stopped', step, bestAccuracy: best?.accuracy ?? null, outputDir };
        }
      } finally {
        control = null;
        await own.finish();
        await lock?.release().catch(() => undefined);
        await delivered();
      }
    }),

  watch: (wanted) => {
    watching = wanted;
    return Promise.resolve();
  },
  pause: () => Promise.resolve(control?.run.pause()),
  resume: () => Promise.resolve(control?.run.resume()),
  stop: () => Promise.resolve(control?.run.stop()),

  plan: (settings) => alone('model', () => withSession((held) => planOf(held, settings, () => undefined))),

  evaluate: (settings, split, adapter, onEvent) =>
    alone('evaluation', async () => {
      const { send, delivered } = eventChannel(onEvent);
      const files = await adapterFiles(adapter);
      const report = await withSession((held) => evaluateAdapter(held, settings, split, files, send));
      await delivered();
      return report;
    }),

  askMenu: async (settings) => {
    const tasks = pageTasks(SITE, importedSource);
    const environment = await tasks.environment(settings.environment);
    const { dataset } = settings;
    const source =
      dataset === BUILT_IN ? Session.noFiles : await tasks.taskSource(dataset, settings.environment);
    const opened = await environment.open(source, { settings, hints: {} });
    try {
      return askMenu(opened);
    } finally {
      opened.close();
    }
  },

  ask: (settings, request, adapter, onEvent) => {
    const own = new AbortController();
    const { send, delivered } = eventChannel(onEvent);
    asking = own;
    const work = async (chosen: Settings) => {
      try {
        own.signal.throwIfAborted();
        const files = await adapterFiles(adapter);
        const question = (held: Session) => ask(held, chosen, request, files, send, own.signal);
        // A question that fails or is stopped between two steps must not take the run's GPU away.
        return control === null ? await withSession(question) : await question(session as Session);
      } finally {
        if (asking === own) asking = null;
        await delivered();
      }
    };
    return aloneOrBetween(settings, () => send({ kind: 'waiting' }), work);
  },

  stopAsking: () => Promise.resolve(asking?.abort()),

  exportAdapter: async (outputDir, which) => {
    const files = await adapterOf(outputDir, which);
    const metrics = await subStore(await runStore(), outputDir).read(METRICS_FILE);
    if (metrics !== null) files.set(METRICS_FILE, metrics);
    return moved(zipFiles(files));
  },

  exportSize: async (request) => {
    const key = JSON.stringify(request);
    const own = new AbortController();
    sizing.get(key)?.abort();
    sizing.set(key, own);
    try {
      return await exportRunSize(exportPlatform(), await runStore(), request, own.signal);
    } finally {
      if (sizing.get(key) === own) sizing.delete(key);
    }
  },
  stopExportSize: (request) => Promise.resolve(sizing.get(JSON.stringify(request))?.abort()),
  exportModel: (request, folder, onProgress) =>
    alone('export', async () => {
      exporting = new AbortController();
      const { signal } = exporting;
      const notices: string[] = [];
      const report = { onProgress, onNotice: (notice: string) => void notices.push(notice), signal };
      const name = exportName(request);
      const runs = await runStore();
      if (folder !== null) {
        const place = await folder.getDirectoryHandle(`${name}-${request.format}`, { create: true });
        await exportRun(exportPlatform(), runs, request, directorySink(place), report);
        return { notices, file: null };
      }
      const isOneFile = request.format.startsWith('gguf');
      const sink = downloadSink(isOneFile ? '.gguf' : null);
      await exportRun(exportPlatform(), runs, request, sink, report);
      const file = isOneFile ? `${name}.gguf` : `${name}-${request.format}.zip`;
      return { notices, file: { name: file, content: sink.finish() } };
    }),
  stopExporting: () => Promise.resolve(exporting?.abort()),

  storageLasts: async () => (await opened('runs')).lasts,
  listFiles: async (prefix) => (await runStore()).list(prefix),
  readFile: async (path) => {
    const bytes = await (await runStore()).read(path);
    return bytes === null ? null : moved(bytes);
  },
  removeFiles: async (prefix) => {
    const runs = await runStore();
    // A run's folder is not removed under the run, whichever tab that is in.
    const lock = prefix.endsWith('/') ? await lockInBrowser(runs, prefix.slice(0, -1), takeLock) : null;
    try {
      for (const path of await runs.list(prefix)) {
        if (lock === null || path !== `${prefix}${LOCK_FILE}`) await runs.remove(path);
      }
    } finally {
      await lock?.release();
    }
  },
  writeFile: async (path, bytes) => (await runStore()).write(path, bytes),

  openEnvironment: (name, text, port) =>
    alone('environment', async () => {
      const environment = await loadEnvironmentText(name.split('/').at(-1) ?? name, text, port);
      addEnvironment(name, environment, () => Promise.resolve(environment));
      session?.forgetTasks();
      // What is left are plain data.
      const { open, ...info } = environment;
      void open;
      return info;
    }),

  callOwn: async (environment, name, args, onProgress = () => undefined) => {
    const { work, stopped, run } = await ownData.action(environment, name);
    const controller = new AbortController();
    const watch = { signal: controller.signal, onProgress };
    if (work === null) return run(args, watch);
    // What a run reads its tasks from does not change under it, and two changes would write one folder.
    return alone(work, async () => {
      if (stopped !== null) stopOwn = () => controller.abort(stopped());
      try {
        const answer = await run(args, watch);
        session?.forgetTasks();
        return answer;
      } finally {
        stopOwn = null;
      }
    });
  },
  stopOwn: () => {
    stopOwn?.();
    return Promise.resolve();
  },

  openModel: (files) =>
    alone('model', async () => {
      const added = await given.add(files);
      session?.forgetModel(added.model);
      return added;
    }),

  setHubToken: (token) => {
    hubToken = token;
    return Promise.resolve();
  },
  listDownloads,
  removeDownload: (base) => alone('download', () => removeDownload(base)),

  verify: (inputs, { model, baseWeights } = {}) =>
    alone('check', async () => {
      const { webgpu, modelFiles } = platform();
      const files = fileMap(inputs);
      const written =
        model === undefined
          ? await verifyFiles(webgpu, files, baseWeights)
          : await verifyModel(webgpu, { model: await modelFiles(model, {}), files, baseWeights });
      return [...written].map(([path, bytes]) => ({ path, bytes }));
    }),
};

function fileMap(files: readonly NamedFile[]): Map<string, Uint8Array> {
  return new Map(files.map(({ path, bytes }) => [path, bytes]));
}

function moved(bytes: Uint8Array): Uint8Array {
  return transfer(bytes, [bytes.buffer]);
}

expose(api);
