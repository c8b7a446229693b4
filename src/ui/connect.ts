/** The page's end of the worker: a TrainerApi whose calls also fail when the worker itself does. */
import { MailGymError, type ErrorName } from '../errors';
import { carryErrors } from '../errors/comlink';
import { proxy, transfer, wrap, type Remote } from 'comlink';
import type {
  AskAnswer,
  AskMenu,
  DeviceReport,
  EnvironmentInfo,
  EvaluationReport,
  Exported,
  GivenModel,
  ImportReport,
  NamedFile,
  StoredDownload,
  TrainerApi,
} from '../../workers/api';

/** The worker's script did not load or threw outside of any call. */
export class WorkerError extends MailGymError {
  override name: ErrorName = 'WorkerError';
}

export function connectWorker(): TrainerApi {
  carryErrors();
  const worker = new Worker(new URL('../../workers/trainer.worker.ts', import.meta.url), {
    type: 'module',
    name: 'mailgym-trainer',
  });
  return overWorker(wrap<TrainerApi>(worker), worker);
}

function overWorker(remote: Remote<TrainerApi>, worker: Worker): TrainerApi {
  // Comlink never settles a call whose worker is dead, so every call races against the worker's failure.
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      const cause = event.message ? ` The browser says: ${event.message}` : '';
      reject(new WorkerError(`The part of the page that computes could not start or has crashed.${cause}`));
    });
    worker.addEventListener('messageerror', () => {
      reject(new WorkerError('A message from the part of the page that computes could not be read.'));
    });
  });
  broken.catch(() => undefined);
  // Takes Comlink's promises, whose unions are distributed, back to one type.
  const guard = <T>(call: PromiseLike<T>): Promise<T> => Promise.race([call, broken]);
  return {
    probe: () => guard<DeviceReport>(remote.probe()),
    reserveRun: (wanted) => guard(remote.reserveRun(wanted)),
    run: (settings, onEvent) => guard(remote.run(settings, proxy(onEvent))),
    pause: () => guard(remote.pause()),
    resume: () => guard(remote.resume()),
    stop: () => guard(remote.stop()),
    evaluate: (settings, split, adapter, onEvent) =>
      guard<EvaluationReport>(remote.evaluate(settings, split, adapter, proxy(onEvent))),
    askMenu: (settings) => guard<AskMenu>(remote.askMenu(settings)),
    ask: (settings, request, adapter, onEvent) =>
      guard<AskAnswer>(remote.ask(settings, request, adapter, proxy(onEvent))),
    stopAsking: () => guard(remote.stopAsking()),
    exportAdapter: (outputDir, which) => guard(remote.exportAdapter(outputDir, which)),
    exportSize: (request) => guard(remote.exportSize(request)),
    exportModel: (request, folder, onProgress) =>
      guard<Exported>(remote.exportModel(request, folder, proxy(onProgress))),
    stopExporting: () => guard(remote.stopExporting()),
    listFiles: (prefix) => guard(remote.listFiles(prefix)),
    readFile: (path) => guard(remote.readFile(path)),
    removeFiles: (prefix) => guard(remote.removeFiles(prefix)),
    writeFile: (path, bytes) => guard(remote.writeFile(path, bytes)),
    openEnvironment: (name, text, port) =>
      guard<EnvironmentInfo>(remote.openEnvironment(name, text, transfer(port, [port]))),
    importFiles: (environment, files) =>
      guard<ImportReport>(remote.importFiles(environment, handOver(files))),
    openModel: (files) => guard<GivenModel>(remote.openModel(files)),
    setHubToken: (token) => guard(remote.setHubToken(token)),
    listDownloads: () => guard<readonly StoredDownload[]>(remote.listDownloads()),
    removeDownload: (base) => guard(remote.removeDownload(base)),
    verify: (files, from) => guard(remote.verify(handOver(files), from)),
  };
}

/** Moves the bytes to the worker instead of copying them; the caller's arrays are empty afterwards. */
function handOver(files: readonly NamedFile[]): readonly NamedFile[] {
  const buffers = new Set<Transferable>();
  for (const file of files) {
    if (file.bytes.buffer instanceof ArrayBuffer) buffers.add(file.bytes.buffer);
  }
  return transfer([...files], [...buffers]);
}
