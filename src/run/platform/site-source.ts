/** Tasks from files of a site. */
import { EnvironmentError } from '../../env/errors';
import type { TaskSource } from '../../env/types';

/**
 * @param site address of the folder that `datasets` lies in
 * @param others what else could be named, for the message
 * @throws EnvironmentError
 */
export function siteSource(name: string, site: string, others = ''): TaskSource {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    throw new EnvironmentError(
      `No dataset is called "${name}". Give the name of a built-in dataset${others}.`,
    );
  }
  return { name, read: (path) => fetchFile(name, path, site), list: () => Promise.resolve(null) };
}

async function fetchFile(name: string, path: string, site: string): Promise<Uint8Array> {
  const base = new URL(`datasets/${name}/`, site.endsWith('/') ? site : `${site}/`).href;
  const url = base + path.split('/').map(encodeURIComponent).join('/');
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new EnvironmentError(
      `${url} could not be reached. Check the network connection and reload the page.`,
      {
        cause,
      },
    );
  }
  if (!response.ok) {
    throw new EnvironmentError(
      `Dataset "${name}": ${path} is not there (${url} answered ${response.status}).`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
