/** Tasks from files of a site. */
import { EnvironmentError } from '../../env/errors';
import type { TaskSource } from '../../env/types';

/**
 * @param site address of the folder that `datasets` lies in
 * @param imported what else could be named, for the message
 * @throws EnvironmentError
 */
export function siteSource(name: string, site: string, imported: string | null = null): TaskSource {
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name)) {
    throw EnvironmentError.of('environment/dataset-name', { name, imported });
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
    throw EnvironmentError.of('environment/unreachable', { url }, { cause });
  }
  if (!response.ok) {
    throw EnvironmentError.of('environment/not-there', { name, path, url, status: response.status });
  }
  return new Uint8Array(await response.arrayBuffer());
}
