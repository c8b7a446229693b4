/**
 * What the library takes from its surroundings. `#platform` (package.json, `imports`) is `node.ts` in Node and
 * `browser.ts` elsewhere; the package's two builds differ in nothing else.
 */
import type { DownloadOptions } from '../../engine/files/url';
import type { FileMap, ModelFiles } from '../../formats/files';
import type { TaskSource } from '../../env/types';
import type { TuningStore } from '../../kernels/tuning';
import type { RunStore } from '../stores/run-store';

/** `baseUrl`: address of a folder that holds `models` and `datasets`; null where the user gave none. */
export interface Host {
  /** @throws GpuError, DawnError when there is no WebGPU, saying what to install or to use */
  webgpu(): Promise<GPU>;
  /** Opens, and creates, the folder that runs are kept in: on disk in Node, in OPFS in a browser. @throws StorageError */
  runStore(folder: string): Promise<RunStore>;
  /**
   * The files of a model: an address, `hub:<owner>/<name>`, a name below `models`, or, in Node, a path. Without a
   * `baseUrl` Node finds the models of the package.
   * @throws PolicyError
   */
  modelFiles(model: string, baseUrl: string | null, downloads?: DownloadOptions): Promise<ModelFiles>;
  /** Files that tasks are made from: a name below `datasets`, or, in Node, a path. @throws EnvironmentError */
  taskSource(dataset: string, baseUrl: string | null): Promise<TaskSource>;
  /**
   * The files of an adapter: in Node a folder or zip on disk, in a browser the folder of a run in OPFS, such as
   * `outputs/masked/final`.
   * @throws PolicyError, StorageError
   */
  adapterFiles(path: string): Promise<FileMap>;
  /** A text of the user's, such as `warmStartFile`: a path in Node, an address in a browser. @throws EnvironmentError */
  readText(path: string): Promise<string>;
  readonly tuning: TuningStore;
}
