/** From a thrown value to what the page tells: what was asked, what was found, what to do. Pure. */
import { MailGymError, paramsOf } from '../errors';
import { checkpointName, checkpointStep, type CheckpointName } from '../report/run-files';
import type { Problem } from './state';
import { errorText, t } from './texts';

export type Asked =
  | 'train'
  | 'load'
  | 'import'
  | 'environment'
  | 'model'
  | 'plan'
  | 'export'
  | 'download'
  | 'storage'
  | 'mail'
  | 'evaluate'
  | 'pause'
  | 'ask'
  | 'language';

/** True for the ways in which browsers and Dawn say that the GPU has gone away. */
export function isDeviceLost(error: unknown): boolean {
  const { name, message } = describe(error);
  return name === 'DeviceLostError' || /\bdevice\b.{0,40}\blost\b|\blost\b.{0,40}\bdevice\b/i.test(message);
}

/**
 * @param resumeDir output folder of the run that can go on from its last save, if there is one.
 */
export function explain(error: unknown, asked: Asked, resumeDir: string | null = null): Problem {
  if (isDeviceLost(error)) {
    return {
      get title() {
        return t.problems.deviceLost;
      },
      get message() {
        return t.problems.deviceLostWhy(describe(error).message);
      },
      get remedy() {
        return resumeDir === null ? t.problems.deviceLostUnsaved : t.problems.deviceLostSaved;
      },
      resumeDir,
    };
  }
  const resumeFrom = resumeDir === null ? null : offeredCheckpoint(error);
  return {
    get title() {
      return t.problems.title[asked];
    },
    get message() {
      return describe(error).message;
    },
    get remedy() {
      return resumeFrom === null
        ? remedyFor(error, asked, resumeDir)
        : t.problems.damagedCheckpoint(resumeFrom);
    },
    resumeDir,
    ...(resumeFrom === null ? {} : { resumeFrom }),
  };
}

function remedyFor(error: unknown, asked: Asked, resumeDir: string | null): string {
  if (describe(error).name === 'WorkerError') return t.problems.worker;
  if (isOutOfMemory(error)) return t.problems.memory;
  if (isStorageFull(error)) return t.problems.storageFull;
  if (asked === 'load') return t.problems.load;
  if (asked === 'train') return resumeDir === null ? t.problems.train : t.problems.trainSaved;
  return t.problems.other;
}

function isOutOfMemory(error: unknown): boolean {
  if (error instanceof MailGymError) return ['gpu/out-of-memory', 'gpu/does-not-fit'].includes(error.code);
  // Browsers have no name of their own for it: a RangeError, with these words.
  return /out of memory|allocation/i.test(describe(error).message);
}

function isStorageFull(error: unknown): boolean {
  if (error instanceof MailGymError) return error.code === 'storage/full';
  return describe(error).name === 'QuotaExceededError';
}

/** The checkpoint that a refusal offers in the place of a damaged one. */
function offeredCheckpoint(error: unknown): CheckpointName | null {
  if (!(error instanceof MailGymError)) return null;
  const step = checkpointStep(paramsOf(error, 'training/checkpoint-damaged')?.whole ?? '');
  return step === null ? null : checkpointName(step);
}

/** What a thrown value says, as a sentence in the page's language. */
export function messageOf(error: unknown): string {
  return describe(error).message;
}

function describe(error: unknown): { name: string; message: string } {
  if (error instanceof MailGymError) return { name: error.name, message: sentence(errorText(error)) };
  if (error instanceof Error) return { name: error.name, message: sentence(error.message || error.name) };
  if (typeof error === 'string') return { name: 'Error', message: sentence(error) };
  if (typeof error === 'object' && error !== null && 'message' in error) {
    return { name: 'name' in error ? String(error.name) : 'Error', message: sentence(String(error.message)) };
  }
  return { name: 'Error', message: sentence(String(error)) };
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…。！？）]$/.test(trimmed) || trimmed === '' ? trimmed : `${trimmed}.`;
}
