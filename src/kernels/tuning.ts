/**
 * Chooses variants of kernels for a graphics card by measuring them, once: what was found is remembered under the
 * adapter's name. Software devices keep the fixed rules of each kernel: there, compiling the candidates costs more than
 * they could gain. Variants differ in speed only, so runs stay repeatable whatever is chosen.
 */
import { attentionChoice } from './attention/tune';
import type { Gpu } from './gpu';
import { matmulChoices } from './matmul/tune';

/** Remembers short texts by name. */
export interface TuningStore {
  /** null when nothing is known. */
  read(name: string): Promise<string | null>;
  /** Remembers a text. */
  write(name: string, text: string): Promise<void>;
}

/** One thing that may be done in several ways with one result. */
export interface Choice {
  readonly name: string;
  /** Ways, best guess first; no two are called the same. */
  readonly candidates: readonly string[];
  /** From now on this way; null: by the fixed rules. */
  use(candidate: string | null): void;
  /** Records the trial, `repeats` times over, in the way in use; `free` gives back what it allocated. */
  trial(): { readonly record: (repeats: number) => void; readonly free: () => void };
}

/** Milliseconds that `repeats` trials of a choice take with a candidate. */
export type Measure = (choice: Choice, candidate: string, repeats: number) => Promise<number>;

export interface TuneOptions {
  /** {@link measureOn} by default. */
  readonly measure?: Measure;
  /** Tunes software devices too. */
  readonly always?: boolean;
  /** {@link choicesOf} by default. */
  readonly choices?: readonly Choice[];
}

const ROUNDS = 3;
/** A round is to be long against the latency of asking whether the queue is done, which browsers answer late. */
const ROUND_MS = 20;
const MOST_REPEATS = 256;
/** To be raised when candidates or kernels change: older findings are then measured again. */
const VERSION = 3;

export const choicesOf = (gpu: Gpu): readonly Choice[] => [...matmulChoices(gpu), attentionChoice(gpu)];

/** Name under which a device's findings are kept. */
export function tuningName(gpu: Gpu): string {
  // Older browsers tell nothing about a device's adapter.
  const info: Partial<GPUAdapterInfo> = (gpu.device.adapterInfo as GPUAdapterInfo | undefined) ?? {};
  const { vendor, architecture, device, description } = info;
  return ['kernels', VERSION, vendor, architecture, device, description].filter(Boolean).join(' ');
}

/**
 * Makes a device's choices, from the store or by measuring. A store that fails is as one that knows nothing: tuning
 * again costs a second or two.
 * @returns what was measured, for the log; null when nothing was
 */
export async function tuneKernels(
  gpu: Gpu,
  store: TuningStore,
  options: TuneOptions = {},
): Promise<string | null> {
  if (gpu.isSoftware && options.always !== true) return null;
  const { choices = choicesOf(gpu), measure = measureOn(gpu) } = options;
  const name = tuningName(gpu);
  const known = parse(choices, await store.read(name).catch(() => null));
  const found = known ?? new Map<string, string>();
  if (known === null) {
    for (const choice of choices) found.set(choice.name, await fastest(choice, measure));
    const text = JSON.stringify(Object.fromEntries(found));
    await store.write(name, text).catch(() => undefined);
  }
  for (const choice of choices) choice.use(found.get(choice.name) ?? null);
  return known === null ? [...found].map((entry) => entry.join(': ')).join('; ') : null;
}

async function fastest(choice: Choice, measure: Measure): Promise<string> {
  let repeats = 1;
  for (const [c, candidate] of choice.candidates.entries()) {
    // The first trial compiles.
    await measure(choice, candidate, 1);
    while (c === 0 && repeats < MOST_REPEATS && (await measure(choice, candidate, repeats)) < ROUND_MS)
      repeats *= 2;
  }
  const times = choice.candidates.map((): number[] => []);
  // Round robin, so that a clock that rises or falls treats all alike.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [c, candidate] of choice.candidates.entries())
      times[c]?.push(await measure(choice, candidate, repeats));
  }
  const best = times.map((list) => Math.min(...list));
  return choice.candidates[best.indexOf(Math.min(...best))] as string;
}

/** Times trials on a device; leaves each choice to its fixed rules. */
export function measureOn(gpu: Gpu): Measure {
  return async (choice, candidate, repeats) => {
    choice.use(candidate);
    const { record, free } = choice.trial();
    try {
      gpu.flush();
      await gpu.device.queue.onSubmittedWorkDone();
      const begin = performance.now();
      record(repeats);
      gpu.flush();
      await gpu.device.queue.onSubmittedWorkDone();
      return performance.now() - begin;
    } finally {
      choice.use(null);
      free();
    }
  };
}

/** What a store remembered, if it names a candidate of every choice; else null. */
function parse(choices: readonly Choice[], text: string | null): Map<string, string> | null {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const found = new Map<string, string>();
  for (const { name, candidates } of choices) {
    const candidate: unknown = (value as Record<string, unknown>)[name];
    if (typeof candidate !== 'string' || !candidates.includes(candidate)) return null;
    found.set(name, candidate);
  }
  return found;
}
