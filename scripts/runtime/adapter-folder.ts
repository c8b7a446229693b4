/** An adapter's folder on disk, as commands take it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyError } from '../../src/engine/types';
import { ADAPTER_CONFIG, BEST_FOLDER, FINAL_FOLDER } from '../../src/report/run-files';
import type { NamedFile } from '../../src/env/types';

/** Files of a PEFT folder. Optimiser state is not needed and may be large. @throws PolicyError when it is none */
export function readAdapterFiles(folder: string): NamedFile[] {
  if (!existsSync(join(folder, ADAPTER_CONFIG))) {
    throw new PolicyError(
      `${folder} is no adapter folder: it has no ${ADAPTER_CONFIG}. Give ${BEST_FOLDER}/ or ${FINAL_FOLDER}/ of a run.`,
    );
  }
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith('adapter_'))
    .map(({ name }) => ({ path: name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
}
