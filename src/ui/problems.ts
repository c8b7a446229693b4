/** From a thrown value to what the page tells: what was asked, what was found, what to do. Pure. */
import { checkpointName, checkpointStep, type CheckpointName } from '../report/run-files';
import type { Problem } from './state';

export type Asked =
  'train' | 'load' | 'import' | 'environment' | 'download' | 'storage' | 'evaluate' | 'pause' | 'ask';

const TITLES: Readonly<Record<Asked, string>> = {
  train: 'The run stopped early.',
  load: 'Training is not available.',
  import: 'The files could not be read.',
  environment: 'The file could not be used as a task.',
  download: 'The adapter could not be downloaded.',
  storage: 'The browser’s storage could not be used.',
  evaluate: 'The evaluation stopped early.',
  pause: 'The run did not react.',
  ask: 'The question was not answered.',
};

/** True for the ways in which browsers and Dawn say that the GPU has gone away. */
export function isDeviceLost(error: unknown): boolean {
  const { name, message } = describe(error);
  return name === 'DeviceLostError' || /\bdevice\b.{0,40}\blost\b|\blost\b.{0,40}\bdevice\b/i.test(message);
}

/**
 * @param resumeDir output folder of the run that can go on from its last save, if there is one.
 */
export function explain(error: unknown, asked: Asked, resumeDir: string | null = null): Problem {
  const { name, message } = describe(error);
  if (isDeviceLost(error)) {
    return {
      title: 'The browser took the GPU away.',
      message: `${message} This happens when the graphics driver restarts, the computer sleeps or memory runs out.`,
      remedy:
        resumeDir === null
          ? 'Nothing was saved yet. Close other tabs that use the GPU, reload this page and train again; a smaller batch needs less memory.'
          : 'Everything up to the last save is kept. Go on from there; if it happens again, choose a smaller batch in the advanced settings.',
      resumeDir,
    };
  }
  const resumeFrom = resumeDir === null ? null : offeredCheckpoint(message);
  if (resumeFrom !== null) {
    const remedy = `Nothing was changed. Go on from ${resumeFrom}: the steps after it are trained again.`;
    return { title: TITLES[asked], message, remedy, resumeDir, resumeFrom };
  }
  return { title: TITLES[asked], message, remedy: remedyFor(name, message, asked, resumeDir), resumeDir };
}

function remedyFor(name: string, message: string, asked: Asked, resumeDir: string | null): string {
  if (name === 'WorkerError')
    return 'Reload the page. If it happens again, try a current Chrome, Edge or Firefox.';
  if (/out of memory|allocation/i.test(message)) {
    return 'Choose fewer questions per step, fewer answers per question or shorter sequences, then train again.';
  }
  if (/quota|storage.*full|no space/i.test(message)) {
    return 'Delete runs you no longer need under “Adapters & storage”, then go on.';
  }
  if (asked === 'load') return 'Reload the page. What is stored in this browser is not touched.';
  if (asked === 'train' && resumeDir !== null)
    return 'Everything up to the last save is kept; you can go on from there.';
  if (asked === 'train') return 'Nothing is lost: change what the message names and press Train again.';
  return 'The page stays usable; change what the message names and try again.';
}

/** The checkpoint that a refusal offers in the place of a damaged one. Errors cross from the worker with their text only. */
function offeredCheckpoint(message: string): CheckpointName | null {
  const step = checkpointStep(/\bresume=(checkpoint-\d+)/.exec(message)?.[1] ?? '');
  return step === null ? null : checkpointName(step);
}

function describe(error: unknown): { name: string; message: string } {
  if (error instanceof Error) return { name: error.name, message: sentence(error.message || error.name) };
  if (typeof error === 'string') return { name: 'Error', message: sentence(error) };
  if (typeof error === 'object' && error !== null && 'message' in error) {
    return { name: 'name' in error ? String(error.name) : 'Error', message: sentence(String(error.message)) };
  }
  return { name: 'Error', message: sentence(String(error)) };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/.test(trimmed) || trimmed === '' ? trimmed : `${trimmed}.`;
}
