/** `npm run doctor`: looks the device over that runs would compute on. */
import { writeFileSync } from 'node:fs';
import { GpuError } from '../src/kernels/errors';
import { checkLines, partWords } from '../src/report/check/words';
import type { DeviceCheck } from '../src/report/check/types';
import { checkDevice, withoutDevice } from '../src/run/check/device';
import { adapterNames, createDawnGpu, DawnError } from './runtime/dawn';
import { ownOptions, readRuntime, runCommand } from './runtime/command';
import {
  assertCard,
  DEVICE_SWITCHES,
  DEVICE_USAGE,
  DEVICE_VALUES,
  useDeviceOptions,
} from './runtime/device-options';
import { EXIT } from './runtime/exit-codes';
import { nodeFiles } from './runtime/node-platform';
import { outputPath } from './runtime/paths';

const USAGE = `
Looks over the device that runs would compute on: what it offers, whether it computes known cases rightly, how fast it is;
each problem with its remedy. Installs nothing. Status 0 where runs can be trusted to it, 1 where not.

  npm run doctor -- [--json[=FILE]] [--runtime node|browser] ${DEVICE_USAGE}

--json writes the findings as JSON, alone on stdout or into FILE. The page shows the same at ?check.
`;

await runCommand(USAGE, async () => {
  const options = ownOptions(
    'doctor',
    process.argv.slice(2),
    ['runtime', ...DEVICE_VALUES],
    [],
    [...DEVICE_SWITCHES, 'json'],
  );
  useDeviceOptions(options);
  const json = options['json'];
  // Standard output is for the findings alone.
  const log = (line: string) => console.error(line);
  const runtime = readRuntime(options['runtime'], 'node');
  const check = runtime === 'node' ? await checkHere(log) : await checkInBrowser(log);
  if (json === 'true') console.log(JSON.stringify(check, null, 2));
  else for (const line of checkLines(check)) console.log(line);
  if (json !== undefined && json !== 'true')
    writeFileSync(outputPath(json), `${JSON.stringify(check, null, 2)}\n`);
  process.exitCode = check.ok ? EXIT.done : EXIT.failed;
});

async function checkHere(log: (line: string) => void): Promise<DeviceCheck> {
  let gpu: GPU;
  try {
    const names = await adapterNames();
    if (names.length > 1) log(`adapters, one of which --adapter-name picks: ${names.join('; ')}`);
    gpu = await createDawnGpu();
  } catch (error) {
    if (error instanceof DawnError) return withoutDevice(error.message, '');
    throw error;
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw GpuError.of('gpu/no-adapter');
  assertCard(adapter);
  const { tuning } = nodeFiles();
  return checkDevice(gpu, { tuning, onProgress: (what) => log(`checking ${partWords(what)} …`) });
}

async function checkInBrowser(log: (line: string) => void): Promise<DeviceCheck> {
  const { HeadlessPage } = await import('./runtime/headless-page');
  const page = await HeadlessPage.open(new Map(), log);
  try {
    return await page.checkDevice();
  } finally {
    await page.close();
  }
}
