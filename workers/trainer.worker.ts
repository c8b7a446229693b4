/** The worker behind the page: everything but drawing. One run, evaluation or check at a time. */
import { expose, transfer } from 'comlink';
import { datasetFiles, loadDataset } from '../src/env/mail/corpus/dataset';
import { buildDataset, importMail, importQuestions } from '../src/env/mail/corpus/import';
import { CorpusError, type Dataset } from '../src/env/mail/corpus/types';
import { openOpfsStore } from '../src/run/stores/opfs-store';
import { StorageError, type RunStore } from '../src/run/stores/run-store';
import { lockInBrowser, reserveFolder, type ReservedFolder } from '../src/run/folder/lock-browser';
import type { FolderLock } from '../src/run/folder/lock';
import { zipFiles } from '../src/formats/zip';
import { isExported, LOCK_FILE, METRICS_FILE } from '../src/report/run-files';
import { RunControl } from '../src/run/train/control';
import { findStart } from '../src/run/train/resume';
import { runTraining } from '../src/run/train/trainer';
import { TrainingError } from '../src/grpo/types';
import { ask, askMenu } from '../src/run/ask';
import { evaluateAdapter } from '../src/run/evaluate';
import { openRun } from '../src/run/open-run';
import { probeDevice } from '../src/run/probe';
import { subStore } from '../src/run/sub-store';
import { verifyFiles } from '../src/run/verify';
import type { NamedFile, TrainerApi } from './api';
import { eventChannel } from './events';
import { browserPlatform, serveOnnxRuntime } from './platform';

/** Folder of the dataset made from the user's own mail, beside the runs. */
const IMPORTED = 'imported';

serveOnnxRuntime();
let runs: Promise<RunStore> | null = null;
let mailbox: Promise<RunStore> | null = null;
let control: RunControl | null = null;
/** The folder of the run that is about to start. */
let reserved: ReservedFolder | null = null;
let asking: AbortController | null = null;
let busy: string | null = null;
/** Files given so far, so that mail and questions may come one after the other; a new lot of a kind replaces the old. */
const collected: { mail: NamedFile[]; questions: NamedFile[] } = { mail: [], questions: [] };

function runStore(): Promise<RunStore> {
  runs ??= openOpfsStore('runs').catch((error: unknown) => {
    runs = null;
    throw error;
  });
  return runs;
}

function mailboxStore(): Promise<RunStore> {
  mailbox ??= openOpfsStore('mailbox').catch((error: unknown) => {
    mailbox = null;
    throw error;
  });
  return mailbox;
}

async function importedDataset(): Promise<Dataset | null> {
  const store = subStore(await mailboxStore(), IMPORTED);
  if ((await store.list()).length === 0) return null;
  return loadDataset(async (path) => {
    const bytes = await store.read(path);
    if (bytes === null)
      throw new CorpusError(`The imported mailbox lacks its file ${path}. Import the mail again.`);
    return bytes;
  });
}

/** The folder that was reserved for a run, or one that it goes on in. */
async function lockFor(outputDir: string): Promise<FolderLock> {
  const own = reserved;
  if (own?.outputDir !== outputDir) return lockInBrowser(await runStore(), outputDir);
  reserved = null;
  return own.lock;
}

/** The GPU holds one policy at a time. */
async function alone<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (busy !== null)
    throw new TrainingError(`${busy} is going on; wait for its end or stop it before ${what}.`);
  busy = what;
  try {
    return await work();
  } finally {
    busy = null;
  }
}

const api: TrainerApi = {
  probe: () => probeDevice(navigator.gpu as GPU | undefined),

  reserveRun: async (wanted) => {
    await reserved?.lock.release();
    reserved = null;
    reserved = await reserveFolder(await runStore(), wanted);
    return reserved.outputDir;
  },

  run: (wanted, onEvent) =>
    alone('a training run', async () => {
      const own = new RunControl();
      control = own;
      const { send, delivered } = eventChannel(onEvent);
      const lock = await lockFor(wanted.outputDir);
      try {
        const { store } = lock;
        // What is wrong with the folder is told before a model is loaded.
        await findStart(store, wanted);
        const { deps, settings, dispose } = await openRun(
          browserPlatform(importedDataset),
          wanted,
          store,
          send,
        );
        try {
          const summary = await runTraining(deps, settings, send, own);
          return { ...summary, outputDir: wanted.outputDir };
        } finally {
          dispose();
        }
      } finally {
        control = null;
        await lock.release().catch(() => undefined);
        await delivered();
      }
    }),

  pause: () => Promise.resolve(control?.pause()),
  resume: () => Promise.resolve(control?.resume()),
  stop: () => Promise.resolve(control?.stop()),

  evaluate: (settings, split, adapter, onEvent) =>
    alone('an evaluation', async () => {
      const { send, delivered } = eventChannel(onEvent);
      const files = adapter === null ? null : fileMap(adapter);
      const report = await evaluateAdapter(browserPlatform(importedDataset), settings, split, files, send);
      await delivered();
      return report;
    }),

  askMenu: async (dataset) => askMenu(await browserPlatform(importedDataset).dataset(dataset)),

  ask: (settings, request, adapter, onEvent) =>
    alone('a question', async () => {
      const own = new AbortController();
      asking = own;
      const { send, delivered } = eventChannel(onEvent);
      try {
        const files = adapter === null ? null : fileMap(adapter);
        return await ask(browserPlatform(importedDataset), settings, request, files, send, own.signal);
      } finally {
        asking = null;
        await delivered();
      }
    }),

  stopAsking: () => Promise.resolve(asking?.abort()),

  exportAdapter: async (outputDir, which) => {
    const store = subStore(await runStore(), outputDir);
    const files = new Map<string, Uint8Array>();
    for (const path of await store.list(`${which}/`)) {
      const name = path.slice(which.length + 1);
      if (!isExported(name)) continue;
      const bytes = await store.read(path);
      if (bytes !== null) files.set(name, bytes);
    }
    if (files.size === 0) {
      throw new StorageError(
        `${outputDir} has no ${which}. It appears with the first save of a run; choose another.`,
      );
    }
    const metrics = await store.read(METRICS_FILE);
    if (metrics !== null) files.set(METRICS_FILE, metrics);
    return moved(zipFiles(files));
  },

  listFiles: async (prefix) => (await runStore()).list(prefix),
  readFile: async (path) => {
    const bytes = await (await runStore()).read(path);
    return bytes === null ? null : moved(bytes);
  },
  removeFiles: async (prefix) => {
    const store = await runStore();
    // A run's folder is not removed under the run, whichever tab that is in.
    const lock = prefix.endsWith('/') ? await lockInBrowser(store, prefix.slice(0, -1)) : null;
    try {
      for (const path of await store.list(prefix)) {
        if (lock === null || path !== `${prefix}${LOCK_FILE}`) await store.remove(path);
      }
    } finally {
      await lock?.release();
    }
  },
  writeFile: async (path, bytes) => (await runStore()).write(path, bytes),

  importMailbox: async (files) => {
    const given = sortFiles(files);
    if (given.mail.length > 0) collected.mail = given.mail;
    if (given.questions.length > 0) collected.questions = given.questions;
    // A .json file of annotated mails holds the mails too.
    const annotated = collected.questions.filter(({ path }) => /\.json$/i.test(path));
    const mail = await importMail([...collected.mail, ...annotated]);
    if (collected.questions.length === 0) {
      return { files: files.length, messages: mail.emails.length, questions: 0, rejected: mail.rejected };
    }
    const outcomes: Awaited<ReturnType<typeof importQuestions>>[] = [];
    for (const { path, bytes } of collected.questions) {
      outcomes.push(await importQuestions(new TextDecoder().decode(bytes), path, mail));
    }
    const asked = {
      questions: outcomes.flatMap(({ questions }) => questions),
      mailOf: new Map(outcomes.flatMap(({ mailOf }) => [...mailOf])),
      rejected: outcomes.flatMap(({ rejected }) => rejected),
    };
    const dataset = buildDataset({ name: IMPORTED, title: 'Imported mail', licence: 'private' }, mail, asked);
    const store = await mailboxStore();
    await store.remove(IMPORTED);
    const encoder = new TextEncoder();
    for (const [path, content] of datasetFiles(dataset)) {
      await store.write(`${IMPORTED}/${path}`, encoder.encode(content));
    }
    return {
      files: files.length,
      messages: dataset.emails.length,
      questions: asked.questions.length,
      rejected: [...mail.rejected, ...asked.rejected],
    };
  },

  verify: (files) =>
    alone('a check', async () => {
      const { webgpu } = browserPlatform(importedDataset);
      return [...(await verifyFiles(webgpu, fileMap(files)))].map(([path, bytes]) => ({ path, bytes }));
    }),
};

function fileMap(files: readonly NamedFile[]): Map<string, Uint8Array> {
  return new Map(files.map(({ path, bytes }) => [path, bytes]));
}

function moved(bytes: Uint8Array): Uint8Array {
  return transfer(bytes, [bytes.buffer]);
}

/** Questions are told from mail by their file's name. */
function sortFiles(files: readonly NamedFile[]): { mail: NamedFile[]; questions: NamedFile[] } {
  const isQuestions = ({ path }: NamedFile) =>
    /question|qa/i.test(path.split('/').at(-1) ?? '') && /\.(jsonl?|ndjson)$/i.test(path);
  return { mail: files.filter((file) => !isQuestions(file)), questions: files.filter(isQuestions) };
}

expose(api);
