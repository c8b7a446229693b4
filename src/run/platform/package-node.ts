/** What comes with the package: its small model and its dataset. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that holds `models` and `datasets` of the package, or of the checkout, that this module lies in: beside the
 * nearest package.json above it, wherever a build put the module.
 */
export function publicFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, 'public');
}
