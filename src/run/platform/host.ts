/**
 * What the library takes from its surroundings. `#platform` (package.json, `imports`) is `node.ts` in Node and
 * `browser.ts` elsewhere; the package's two builds differ in nothing else.
 */
import type { ModelFiles } from '../../engine/types';
import type { RunStore } from '../stores/run-store';

export interface Host {
  /** @throws GpuError, DawnError when there is no WebGPU, saying what to install or to use */
  webgpu(): Promise<GPU>;
  /** Opens, and creates, the folder that runs are kept in: on disk in Node, in OPFS in a browser. @throws StorageError */
  runStore(folder: string): Promise<RunStore>;
  /**
   * The files of a model: an address, `hub:<owner>/<name>`, or, in Node, a folder.
   * @throws PolicyError
   */
  modelFiles(model: string): Promise<ModelFiles>;
}
