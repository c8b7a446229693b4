/**
 * A stand-in for the worker, for developing and testing the page: it plays an invented run, the same for the same
 * settings. Loaded by the development server only, with `?mock=1`; further parameters choose what happens:
 * `speed` (milliseconds per phase), `device` (ok, software, none, broken), `fail` (step at which the run dies),
 * `lost` (step at which the device is lost), `keep` (1: files outlive a reload, as in a browser's storage).
 */
import { strFromU8, strToU8, zipSync } from 'fflate';
import { PolicyError } from '../../src/errors/policy';
import { TrainingError } from '../../src/errors/training';
import { StorageError } from '../../src/errors/storage';
import type { Watching } from '../../src/grpo/types';
import { METRICS_FILE, outputDirs } from '../../src/report/run-files';
import { RunControl } from '../../src/run/train/control';
import type { Settings } from '../../src/settings/settings';
import type {
  AskEvent,
  DeviceCheck,
  DeviceReport,
  EnvironmentInfo,
  GivenFile,
  GivenModel,
  StoredDownload,
  TrainerApi,
} from '../../workers/api';
import { mockAsk, mockMenu } from './ask';
import { mockOwnData } from './mailbox';
import { mockReport } from './records';
import { MockRun } from './run';

const DEVICE: Extract<DeviceReport, { ok: true }> = {
  ok: true,
  vendor: 'example',
  architecture: 'mock',
  description: 'Stand-in GPU (nothing is computed)',
  software: false,
  features: ['shader-f16', 'subgroups'],
  maxBufferBytes: 2 ** 31,
};

const DOWNLOAD: StoredDownload = {
  base: 'https://huggingface.co/example/invented/resolve/main/',
  name: 'hub:example/invented@main',
  commit: '0123456789abcdef'.padEnd(40, '0'),
  files: 4,
  bytes: 271_000_000,
  fetched: Date.UTC(2026, 10, 1),
};

export function createMockTrainer(parameters: URLSearchParams): TrainerApi {
  const pace = Number(parameters.get('speed') ?? 120);
  const fault = (name: string) => Number(parameters.get(name) ?? Infinity);
  const files = parameters.get('keep') === '1' ? keptFiles() : new Map<string, Uint8Array>();
  const downloads = new Map([[DOWNLOAD.base, DOWNLOAD]]);
  let busy: string | null = null;
  let control: RunControl | null = null;
  let runs = 0;
  let stopsAsking = false;
  let watching: Watching = { moves: 0, logits: 0, follow: null };

  const wait = (ms = pace): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

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

  /** The adapter's files by their names, without those that only a resumed run needs. */
  function adapter(outputDir: string, which: string): Map<string, Uint8Array> {
    const prefix = `${outputDir}/${which}/`;
    const found = [...files].filter(([path]) => path.startsWith(prefix));
    if (found.length === 0) throw new StorageError(`${outputDir} has no ${which}.`);
    return new Map(found.map(([path, bytes]) => [path.slice(prefix.length), bytes]));
  }

  return {
    probe: async () => {
      await wait();
      return mockDevice(parameters.get('device'));
    },
    checkDevice: async () => {
      await wait();
      return mockCheck(mockDevice(parameters.get('device')));
    },
    storageLasts: () => Promise.resolve(parameters.get('storage') !== 'none'),
    reserveRun: async (wanted) => {
      const taken = (dir: string) => [...files.keys()].some((path) => path.startsWith(`${dir}/`));
      for (const dir of outputDirs(wanted)) if (!taken(dir)) return dir;
      throw new TrainingError('There is no end to names.');
    },
    run: (settings, onEvent) =>
      alone('a training run', async () => {
        const own = new RunControl();
        control = own;
        runs++;
        // Only the first run meets a fault, so that the next can show how it goes on.
        const faults =
          runs === 1
            ? { failAt: fault('fail'), loseAt: fault('lost') }
            : { failAt: Infinity, loseAt: Infinity };
        try {
          return await new MockRun(settings, files, onEvent, wait, () => watching).toEnd(own, faults);
        } finally {
          control = null;
          await own.finish();
        }
      }),
    watch: async (wanted) => {
      watching = wanted;
    },
    pause: async () => {
      control?.pause();
      await wait();
    },
    resume: async () => control?.resume(),
    stop: async () => control?.stop(),
    plan: async ({ maxSteps, batchSize, numGenerations }) => {
      await wait();
      const parts = { weights: 5e6, trained: 1e6, cache: 4e6, activations: 30e6 };
      return {
        need: { baseWeights: 'f32', peakBytes: 40e6, ...parts },
        rollouts: maxSteps * batchSize * numGenerations,
        maxPositions: 2048,
      };
    },
    evaluate: (settings, split, choice, onEvent) =>
      alone('an evaluation', async () => {
        if (choice !== null && 'which' in choice) adapter(choice.outputDir, choice.which);
        for (let done = 0; done <= 8; done += 2) {
          onEvent({ kind: 'progress', phase: 'evaluating', done, total: 8, note: split });
          await wait();
        }
        return mockReport(settings, split);
      }),
    askMenu: async () => {
      await wait();
      return mockMenu();
    },
    ask: (_settings: Settings, request, choice, onEvent: (event: AskEvent) => void) => {
      stopsAsking = false;
      const work = async () => {
        if (choice !== null && 'which' in choice) adapter(choice.outputDir, choice.which);
        return mockAsk(request, choice !== null, onEvent, async () => {
          await wait(pace / 4);
          if (stopsAsking)
            throw Object.assign(new Error('Sampling was stopped.'), { name: 'SamplingStopped' });
        });
      };
      if (control === null) return alone('a question', work);
      onEvent({ kind: 'waiting' });
      return control.between(work);
    },
    stopAsking: async () => {
      stopsAsking = true;
    },
    exportAdapter: async (outputDir, which) =>
      zipSync({
        ...Object.fromEntries(adapter(outputDir, which)),
        [METRICS_FILE]: files.get(`${outputDir}/${METRICS_FILE}`) ?? new Uint8Array(),
      }),
    exportSize: async ({ outputDir, which }) => {
      adapter(outputDir, which);
      return 271_000_000;
    },
    stopExportSize: async () => undefined,
    exportModel: async ({ outputDir, which, format }, folder, onProgress) => {
      adapter(outputDir, which);
      for (let done = 0; done < 4; done++) {
        onProgress(done, 4);
        await wait();
      }
      const content = new Blob(['invented']);
      return {
        notices: [],
        file: folder === null ? { name: `${which}-${format}.zip`, content } : null,
      };
    },
    stopExporting: async () => undefined,
    listFiles: async (prefix) => [...files.keys()].filter((path) => path.startsWith(prefix)).sort(),
    readFile: async (path) => files.get(path) ?? null,
    removeFiles: async (prefix) => {
      for (const path of files.keys()) if (path.startsWith(prefix)) files.delete(path);
    },
    writeFile: async (path, bytes) => {
      files.set(path, bytes);
    },
    openEnvironment: async (name) => {
      await wait();
      return mockEnvironment(name);
    },
    ...mockOwnData(alone, wait),
    openModel: async (given) => {
      await wait();
      const [first] = given;
      if (first === undefined || !/\.gguf$/i.test(first.path))
        throw PolicyError.of('policy/no-model-given', { found: given.map(({ path }) => path) });
      return mockModel(first);
    },
    setHubToken: async () => undefined,
    listDownloads: async () => [...downloads.values()],
    removeDownload: async (base) => {
      downloads.delete(base);
    },
    verify: async () => [],
  };
}

/** Files of the visit before in this tab, written back when the page goes. */
function keptFiles(): Map<string, Uint8Array> {
  const stored = JSON.parse(sessionStorage.getItem('mock-files') ?? '[]') as [string, string][];
  const files = new Map(stored.map(([path, text]) => [path, strToU8(text, true)]));
  addEventListener('pagehide', () => {
    const all = [...files].map(([path, bytes]) => [path, strFromU8(bytes, true)]);
    sessionStorage.setItem('mock-files', JSON.stringify(all));
  });
  return files;
}

function mockDevice(wanted: string | null): DeviceReport {
  switch (wanted) {
    case 'software':
      return {
        ...DEVICE,
        software: true,
        vendor: 'google',
        architecture: 'swiftshader',
        description: 'SwiftShader Device (invented)',
      };
    case 'none':
      return {
        ok: false,
        why: 'no-webgpu',
        problem: 'navigator.gpu is not there.',
        remedy: 'Use a browser with WebGPU.',
      };
    case 'broken':
      throw new Error('The worker script could not be loaded');
    default:
      return DEVICE;
  }
}

function mockModel({ path, content }: GivenFile): GivenModel {
  return {
    model: `file:${path.split('/').at(-1) ?? path}`,
    files: 1,
    bytes: content.size,
    family: 'llama',
    parameters: 134_515_008,
    layers: 30,
    maxPositions: 8192,
    vocabSize: 49_152,
    storedAs: ['Q4_1', 'F32'],
    forms: [
      { form: 'f32', bytes: 538_060_032 },
      { form: 'f16', bytes: 269_100_288 },
      { form: 'int8', bytes: 176_000_000 },
      { form: 'int4', bytes: 123_000_000 },
    ],
    preferred: 'f32',
    notices: ['An invented notice about the chat template.'],
  };
}

function mockEnvironment(name: string): EnvironmentInfo {
  return {
    id: 'invented',
    title: 'Invented task',
    description: `Stands for ${name}, which nobody has read.`,
    settings: {},
    metrics: {},
    rewards: { success: { label: 'Success' } },
    rewardWeights: { default: { success: 1 } },
  };
}

/** An invented check: everything is right, but for what the device itself lacks. */
function mockCheck(device: DeviceReport): DeviceCheck {
  const none = { limits: [], features: [], cases: [], rates: null, card: null };
  const host = { version: '0.0.0', host: 'the stand-in' };
  if (!device.ok) {
    const { why, problem, remedy } = device;
    return {
      ...host,
      ...none,
      adapter: null,
      problems: [{ kind: 'none', why, problem, remedy }],
      ok: false,
    };
  }
  const { vendor, architecture, description, software } = device;
  return {
    ...host,
    adapter: { name: description, vendor, architecture, driver: '', software, subgroups: [8, 8] },
    limits: [{ name: 'maxBufferSize', offered: device.maxBufferBytes, needed: 2 ** 28 }],
    features: [{ name: 'subgroups', offered: true }],
    cases: [{ name: 'products', problems: [], seconds: 0.1 }],
    rates: { matmulFlops: 5e12, flops: 1e13, bytes: 4e11 },
    card: { name: 'Stand-in', flops: 1e13, bytes: 5e11 },
    problems: software ? [{ kind: 'software' }] : [],
    ok: true,
  };
}
