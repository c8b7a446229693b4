/** The page's end of the worker: a TrainerApi whose calls also fail when the worker itself does. */
import { MailGymError, type ErrorName } from '../errors';
import { carryErrors } from '../errors/comlink';
import { worker as texts } from '../errors/texts/en/worker';
import type { TextTable } from '../errors/texts/types';
import { startWorker } from './worker-start';
import { proxy, transfer, wrap, type Remote } from 'comlink';
import type {
  AskAnswer,
  AskMenu,
  DeviceCheck,
  DeviceReport,
  EnvironmentInfo,
  EvaluationReport,
  Exported,
  GivenModel,
  NamedFile,
  RunPlan,
  StoredDownload,
  TrainerApi,
} from '../../workers/api';

/** The worker's script did not load or threw outside of any call. */
export class WorkerError extends MailGymError {
  static override readonly texts: TextTable = texts;
  override name: ErrorName<'WorkerError'> = 'WorkerError';
}

/** @param before awaited before the worker is started, and with it whatever it fetches */
export function connectWorker(before: Promise<void>): TrainerApi {
  carryErrors();
  const link = before.then(openLink);
  link.catch(() => undefined);
  // Takes Comlink's promises, whose unions are distributed, back to one type.
  const call = async <T>(make: (remote: Remote<TrainerApi>) => PromiseLike<T>): Promise<T> => {
    const { remote, broken } = await link;
    return Promise.race([make(remote), broken]);
  };
  return {
    probe: () => call<DeviceReport>((remote) => remote.probe()),
    checkDevice: (onProgress) =>
      call<DeviceCheck>((remote) =>
        remote.checkDevice(onProgress === undefined ? undefined : proxy(onProgress)),
      ),
    reserveRun: (wanted) => call((remote) => remote.reserveRun(wanted)),
    run: (settings, onEvent) => call((remote) => remote.run(settings, proxy(onEvent))),
    watch: (watching) => call((remote) => remote.watch(watching)),
    pause: () => call((remote) => remote.pause()),
    resume: () => call((remote) => remote.resume()),
    stop: () => call((remote) => remote.stop()),
    plan: (settings) => call<RunPlan>((remote) => remote.plan(settings)),
    evaluate: (settings, split, adapter, onEvent) =>
      call<EvaluationReport>((remote) => remote.evaluate(settings, split, adapter, proxy(onEvent))),
    askMenu: (settings) => call<AskMenu>((remote) => remote.askMenu(settings)),
    ask: (settings, request, adapter, onEvent) =>
      call<AskAnswer>((remote) => remote.ask(settings, request, adapter, proxy(onEvent))),
    stopAsking: () => call((remote) => remote.stopAsking()),
    exportAdapter: (outputDir, which) => call((remote) => remote.exportAdapter(outputDir, which)),
    exportSize: (request) => call((remote) => remote.exportSize(request)),
    stopExportSize: (request) => call((remote) => remote.stopExportSize(request)),
    exportModel: (request, folder, onProgress) =>
      call<Exported>((remote) => remote.exportModel(request, folder, proxy(onProgress))),
    stopExporting: () => call((remote) => remote.stopExporting()),
    storageLasts: () => call((remote) => remote.storageLasts()),
    listFiles: (prefix) => call((remote) => remote.listFiles(prefix)),
    readFile: (path) => call((remote) => remote.readFile(path)),
    removeFiles: (prefix) => call((remote) => remote.removeFiles(prefix)),
    writeFile: (path, bytes) => call((remote) => remote.writeFile(path, bytes)),
    openEnvironment: (name, text, port) =>
      call<EnvironmentInfo>((remote) => remote.openEnvironment(name, text, transfer(port, [port]))),
    // Files of the browser's are handles: the worker reads them in pieces.
    callOwn: (environment, action, args, onProgress) =>
      call<unknown>((remote) =>
        remote.callOwn(environment, action, args, onProgress === undefined ? undefined : proxy(onProgress)),
      ),
    stopOwn: () => call((remote) => remote.stopOwn()),
    openModel: (files) => call<GivenModel>((remote) => remote.openModel(files)),
    setHubToken: (token) => call((remote) => remote.setHubToken(token)),
    listDownloads: () => call<readonly StoredDownload[]>((remote) => remote.listDownloads()),
    removeDownload: (base) => call((remote) => remote.removeDownload(base)),
    verify: (files, from) => call((remote) => remote.verify(handOver(files), from)),
  };
}

interface Link {
  readonly remote: Remote<TrainerApi>;
  readonly broken: Promise<never>;
}

/** Comlink never settles a call whose worker is dead, so every call races against `broken`. */
async function openLink(): Promise<Link> {
  const { worker, started } = startWorker();
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      reject(WorkerError.of('worker/crashed', { reason: event.message || null }));
    });
    worker.addEventListener('messageerror', () => {
      reject(WorkerError.of('worker/message'));
    });
  });
  broken.catch(() => undefined);
  await Promise.race([started, broken]);
  return { remote: wrap<TrainerApi>(worker), broken };
}

/** Moves the bytes to the worker instead of copying them; the caller's arrays are empty afterwards. */
function handOver(files: readonly NamedFile[]): readonly NamedFile[] {
  const buffers = new Set<Transferable>();
  for (const file of files) {
    if (file.bytes.buffer instanceof ArrayBuffer) buffers.add(file.bytes.buffer);
  }
  return transfer([...files], [...buffers]);
}
