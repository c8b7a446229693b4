/** The files of a model by the name that settings give it. In Node: `open-node.ts`. */
import { PolicyError } from '../../errors/policy';
import type { ModelFiles } from '../../formats/files';
import { modelOf } from './gguf/files';
import { hubFiles } from './hub';
import { urlFiles, type DownloadOptions } from './url';

/**
 * @param model `hub:<owner>/<name>` with what {@link hubFiles} takes, an absolute URL prefix, or the name of a folder below
 *   `modelsUrl`, maybe with that of a GGUF file in it.
 * @param modelsUrl absolute URL of the folder that holds the bundled models.
 * @throws PolicyError
 */
export function openModelFiles(
  model: string,
  modelsUrl: string,
  options: DownloadOptions = {},
): Promise<ModelFiles> {
  return Promise.resolve().then(() => {
    const elsewhere = remoteFiles(model, options);
    if (elsewhere !== null) return elsewhere;
    if (!/^\w[\w.-]*(\/\w[\w.-]*\.gguf)?$/i.test(model)) {
      throw PolicyError.of('policy/no-model-name', { model });
    }
    // The site's own files are no downloads, and the hub's token is none of its business.
    const { offline, token, ...rest } = options;
    void offline;
    void token;
    return modelOf(urlFiles(new URL(model, modelsUrl).href, rest));
  });
}

/** Files on a server that the name itself tells; null for other names. The hub's token goes to no other address. */
export function remoteFiles(model: string, options: DownloadOptions): ModelFiles | null {
  if (model.startsWith('hub:')) return modelOf(hubFiles(model.slice('hub:'.length), options));
  if (!/^https?:\/\//.test(model)) return null;
  const { token, ...rest } = options;
  void token;
  return modelOf(urlFiles(model, rest));
}
