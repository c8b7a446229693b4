/** What environments keep of a visitor's own, each opened once, for a worker that has the folders. */
import { EnvironmentError } from '../env/errors';
import { loadOwnData } from '../env/load';
import type { OwnAction, OwnData, OwnFiles } from '../env/own-data';

export class OwnDataShelf {
  readonly #folder: (environment: string) => Promise<OwnFiles>;
  readonly #opened = new Map<string, Promise<OwnData>>();

  /** @param folder of an environment's own data */
  constructor(folder: (environment: string) => Promise<OwnFiles>) {
    this.#folder = folder;
  }

  /** @throws EnvironmentError for an environment without such data, or an action that they do not have */
  async action(environment: string, name: string): Promise<OwnAction> {
    let data = this.#opened.get(environment);
    if (data === undefined) {
      data = this.#open(environment);
      this.#opened.set(environment, data);
      data.catch(() => this.#opened.delete(environment));
    }
    const all = await data;
    const action = Object.hasOwn(all, name) ? all[name] : undefined;
    if (action === undefined) {
      throw EnvironmentError.of('environment/no-own-action', { environment, name, known: Object.keys(all) });
    }
    return action;
  }

  async #open(environment: string): Promise<OwnData> {
    const open = await loadOwnData(environment);
    return open(await this.#folder(environment));
  }
}
