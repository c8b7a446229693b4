/** `npm run models`: the models that were downloaded; checks and removes them. */
import { diskCache } from '../src/engine/files/cache-node';
import { modelCacheFolder } from '../src/engine/files/open-node';
import { clearModels, modelLines, readModelsOptions, verifyModels } from './models/commands';
import { runCommand } from './runtime/command';

const USAGE = `
Lists the models that were downloaded, with size, revision and age.

  npm run models -- [--verify] [--clear NAME|all]

--verify holds every file against its size and the hash that the hub named for it, and removes what is damaged; the next
use downloads it again. --clear removes a model by its name as listed (or owner/name: all its revisions), or all of them.
They lie in the user's cache folder; MAILGYM_CACHE puts it elsewhere. docs/downloads.md has more.
`;

await runCommand(USAGE, async () => {
  const options = readModelsOptions(process.argv.slice(2));
  const cache = diskCache(modelCacheFolder());
  if (options.clear !== null) await clearModels(cache, options.clear, console.log);
  if (options.verify && !(await verifyModels(cache, console.log))) process.exitCode = 1;
  if (options.clear === null && !options.verify) {
    for (const line of modelLines(await cache.list(), cache.place, Date.now())) console.log(line);
  }
});
