/** An adapter that the visitor gives: the files of its folder, or a zip of them as this page downloads it. */
import { unzipSync } from 'fflate';
import type { NamedFile } from '../../workers/api';
import { PageError } from './page-error';

export interface GivenAdapter {
  readonly name: string;
  readonly files: readonly NamedFile[];
}

const WEIGHTS = 'adapter_model.safetensors';
const CONFIG = 'adapter_config.json';

/** @throws PageError */
export async function readAdapterFiles(given: readonly File[]): Promise<GivenAdapter> {
  const files: NamedFile[] = [];
  for (const file of given) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (/\.zip$/i.test(file.name)) files.push(...unzipped(file.name, bytes));
    else files.push({ path: file.webkitRelativePath || file.name, bytes });
  }
  const names = files.map(({ path }) => path.split('/').at(-1) ?? path);
  const missing = [WEIGHTS, CONFIG].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw PageError.of('page/adapter-files', { names: names.slice(0, 6), missing });
  }
  const [first] = given;
  return { name: first?.name.replace(/\.(zip|safetensors|json)$/i, '') ?? 'adapter', files };
}

function unzipped(name: string, bytes: Uint8Array): NamedFile[] {
  try {
    return Object.entries(unzipSync(bytes))
      .filter(([path]) => !path.endsWith('/'))
      .map(([path, content]) => ({ path, bytes: content }));
  } catch (cause) {
    throw PageError.of('page/no-zip', { name }, { cause });
  }
}
