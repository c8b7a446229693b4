/** `npm run train`: trains without a window, on the built page in Chromium or on Dawn in Node. */
import { join, resolve } from 'node:path';
import { CommandError, readCommand, runCommand, type Command } from './runtime/command';
import { DEVICE_USAGE } from './runtime/device-options';
import { EXIT } from './runtime/exit-codes';
import { assertApart } from './train/apart';
import { readMinutes, stopAfter } from './train/minutes';
import type { Training } from './train/training';

const USAGE = `
Trains without a window, on the built page in Chromium or on Dawn in Node.

  npm run train -- [--mode masked|rollout|simple] [--preset NAME] [--config FILE] [--runtime browser|node]
                   [--set key=value …] [--key value …] [--maxMinutes N] [--keepTrajectories N] [--tensorboard]
                   ${DEVICE_USAGE}

Without arguments: the built-in policy on the built-in mail, in the browser; without a graphics card with preset quick.
--config reads a JSON object of settings. Every setting is also an option, for instance --maxSteps 20; docs/settings.md
lists settings, presets and environment variables. Files go to the setting outputDir, and --resume latest goes on with
what lies there, --resume checkpoint-N from that step. docs/run-folder.md tells what lies there and what a run touches.
--maxMinutes N ends the run after the step in which the time is over, with a checkpoint; the status is then 4, and the same
command with --resume latest goes on. --keepTrajectories N keeps the first N rollouts of each step as the page shows them,
with what the step made of their tokens (Node only; the run is the same). --tensorboard writes event files for TensorBoard
beside metrics.jsonl. docs/headless.md tells devices, statuses and runs on servers.
`;

await runCommand(USAGE, async () => {
  const command = await readCommand(
    process.argv.slice(2),
    ['maxMinutes', 'keepTrajectories'],
    ['tensorboard'],
  );
  const minutes = readMinutes(command.options['maxMinutes']);
  assertApart(command.settings);
  const started = performance.now();
  const training = await begin(command);
  const detach = onInterrupt(training);
  const time = stopAfter(minutes, started, () => {
    console.log(`${minutes} minutes are over: stopping after this step.`);
    training.stop();
  });
  try {
    const { reason, step, bestAccuracy } = await training.result;
    const best = bestAccuracy === null ? '' : `, best accuracy ${(100 * bestAccuracy).toFixed(1)} %`;
    console.log(
      `Ended after step ${step} (${reason})${best}. Files: ${join(resolve(command.settings.outputDir), '/')}`,
    );
    if (reason === 'stopped') {
      const { outputDir } = command.settings;
      if (time.isOver())
        console.log(`Ended by --maxMinutes ${minutes}, with a checkpoint of step ${step} in ${outputDir}.`);
      console.log(resumeHint(command));
      process.exitCode = EXIT.unfinished;
    }
  } finally {
    detach();
    time.cancel();
    await training.close();
  }
});

/** Each runtime is loaded when it is asked for: one on Dawn needs neither Vite nor Playwright. */
async function begin(command: Command): Promise<Training> {
  const kept = readKept(command.options['keepTrajectories']);
  if (command.runtime === 'node') return (await import('./train/node')).trainInNode(command, kept);
  if (kept !== null) throw new CommandError('--keepTrajectories needs --runtime node: a page keeps its own.');
  return (await import('./train/browser')).trainInBrowser(command);
}

/** @throws CommandError for what is no count */
function readKept(text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new CommandError(`--keepTrajectories is ${text}; give how many rollouts of each step, 1 or more.`);
}

/** The first Ctrl-C ends after the step, the second at once. */
function onInterrupt(training: Training): () => void {
  let asked = false;
  const interrupt = () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    console.log('Stopping after this step; once more to end at once.');
    training.stop();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}

function resumeHint({ settings }: Command): string {
  return `To go on: the same command with --resume latest (outputDir ${resolve(settings.outputDir)}).`;
}
