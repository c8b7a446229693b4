/** `npm run build:package`: writes the library that `npm pack` packs to dist-lib/. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { LIBRARY, PLATFORMS } from './package/entries';
import { buildScripts } from './package/scripts';
import { buildTypes } from './package/types';
import { REPOSITORY } from './runtime/page';

const started = performance.now();
rmSync(join(REPOSITORY, LIBRARY), { recursive: true, force: true });
for (const platform of PLATFORMS) await buildScripts(platform);
buildTypes();
console.log(`built ${LIBRARY}/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
