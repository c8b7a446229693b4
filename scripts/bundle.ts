/** `npm run bundle`: a folder with Node, Dawn, commands, model and data, for machines without internet. */
import { resolve } from 'node:path';
import { assertReplaceable, MOST_PACKED_MB, packBundle, writeBundle } from './bundle/folder';
import { CommandError, ownOptions, runCommand } from './runtime/command';
import { EXIT } from './runtime/exit-codes';
import { outputPath } from './runtime/paths';

const USAGE = `
Writes a folder that runs MailGym on a machine without Node, registries or network: clusters, closed CI.

  npm run bundle -- --out DIR

In it: ./mailgym doctor|train|evaluate|bench|verify|sweep, the Node that runs this command, Dawn, the built-in model and data; and
packed beside it DIR.tar.xz. It runs on the system that it was made on (Linux x64, say). docs/headless.md tells the rest.
`;

await runCommand(USAGE, async () => {
  const { out } = ownOptions('bundle', process.argv.slice(2), ['out']);
  if (out === undefined) throw new CommandError('bundle needs --out DIR.');
  const folder = outputPath(out);
  assertReplaceable(folder);
  await writeBundle(folder, (line) => console.log(`  ${line}`));
  const { file, bytes } = packBundle(folder);
  const megabytes = bytes / 1e6;
  console.log(
    `Written to ${resolve(folder)}; packed: ${file}, ${megabytes.toFixed(1)} MB of at most ${MOST_PACKED_MB}.`,
  );
  if (megabytes > MOST_PACKED_MB) process.exitCode = EXIT.failed;
});
