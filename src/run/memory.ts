/** Whether a run fits the device's memory, and which settings would make it fit. All before any weights are downloaded. */
import type { MemoryPlan } from '../engine/plan';
import { MailGymError, told } from '../errors';
import { memoryWords } from '../errors/texts/en/memory';
import type { MemoryNeed } from '../errors/texts/memory';
import { GpuError } from '../kernels/errors';
import { WEIGHT_FORMATS, type WeightFormat } from '../settings/choices';
import type { Settings } from '../settings/settings';

/** Settings whose form of the weights is settled. */
export type SettledSettings = Settings & { readonly baseWeights: WeightFormat };

/** What a run would need, and whether the device gives it. */
export interface MemoryTrial {
  readonly plan: MemoryPlan;
  readonly fits: boolean;
  /** Most bytes that an update keeps of its layers; see `PolicyOptions`. */
  readonly keptBytes: number;
}

/** What is asked of engine and device. */
export interface MemoryProbe {
  /** @throws GpuError, PolicyError where even a single buffer is larger than the device takes */
  trial(settings: SettledSettings): Promise<MemoryTrial>;
  /** Tokens of the longest prompt of the run. */
  readonly longestPrompt: number;
}

/** Fewest tokens of a pass that are proposed. */
const FEWEST_PASS_TOKENS = 256;
const FEWEST_CACHE_MEGABYTES = 64;
/** Proposals in words; all of them are in the error's params. */
const MOST_TOLD = 3;

/**
 * Takes the first of the forms with which the run fits.
 * @param formats the best first
 * @throws GpuError that says what the run needs and what would fit
 */
export async function fitMemory(
  probe: MemoryProbe,
  wanted: Settings,
  formats: readonly WeightFormat[],
): Promise<{ readonly settings: SettledSettings; readonly trial: MemoryTrial }> {
  const tried: { readonly settings: SettledSettings; readonly found: Found }[] = [];
  for (const baseWeights of formats) {
    const settings = { ...wanted, baseWeights };
    const found = await tryOut(probe, settings);
    if (!(found instanceof MailGymError) && found.fits) return { settings, trial: found };
    tried.push({ settings, found });
  }
  const last = tried.at(-1);
  if (last === undefined) throw new Error('There is no form of weights to choose from.');
  const proposals = await proposeFits(probe, last.settings);
  throw refused(last.settings, last.found, proposals);
}

/** Settings that memory depends on. */
export type Changes = Partial<
  Pick<
    SettledSettings,
    'cacheMegabytes' | 'microBatchTokens' | 'maxSeqLength' | 'batchSize' | 'numGenerations' | 'baseWeights'
  >
>;

/** Settings to change, by name, and the bytes that the run then needs. */
export interface Proposal {
  readonly changes: Changes;
  readonly bytes: number;
}

/**
 * Changes with which the run would fit: of each setting alone the mildest, or, where none is enough alone, several
 * together. Those come first that change nothing that is learned.
 */
export async function proposeFits(probe: MemoryProbe, settings: SettledSettings): Promise<Proposal[]> {
  const attempt = async (changes: Changes): Promise<Proposal | null> => {
    const changed = { ...settings, ...changes };
    const found = await tryOut(probe, changed);
    return found instanceof MailGymError || !found.fits ? null : { changes, bytes: found.plan.peakBytes };
  };
  const ladders = laddersOf(settings, probe.longestPrompt);
  const alone: Proposal[] = [];
  for (const ladder of ladders) {
    const strongest = ladder.at(-1);
    // Most ladders do not reach far enough, and one look at their end shows it.
    if (strongest === undefined || (await attempt(strongest)) === null) continue;
    for (const changes of ladder) {
      const fit = await attempt(changes);
      if (fit === null) continue;
      alone.push(fit);
      break;
    }
  }
  if (alone.length > 0) return alone;
  let together: Changes = {};
  for (const ladder of ladders) {
    for (const changes of ladder) {
      const fit = await attempt({ ...together, ...changes });
      if (fit !== null) return [fit];
    }
    together = { ...together, ...ladder.at(-1) };
  }
  return [];
}

/** For each setting its smaller values, the mildest first. */
function laddersOf(settings: SettledSettings, longestPrompt: number): Changes[][] {
  const { cacheMegabytes, microBatchTokens, maxSeqLength, maxTokens } = settings;
  const { numGenerations, batchSize, baseWeights } = settings;
  // A turn must have room behind the prompt.
  const shortest = longestPrompt + Math.min(maxTokens, 128) + 1;
  return [
    halves(cacheMegabytes, FEWEST_CACHE_MEGABYTES).map((value) => ({ cacheMegabytes: value })),
    halves(microBatchTokens, FEWEST_PASS_TOKENS).map((value) => ({ microBatchTokens: value })),
    WEIGHT_FORMATS.slice(WEIGHT_FORMATS.indexOf(baseWeights) + 1).map((value) => ({ baseWeights: value })),
    halves(maxSeqLength, shortest).map((value) => ({ maxSeqLength: value })),
    halves(batchSize, 1).map((value) => ({ batchSize: value })),
    halves(numGenerations, 2).map((value) => ({ numGenerations: value })),
  ];
}

function halves(value: number, least: number): number[] {
  const values: number[] = [];
  for (let next = Math.floor(value / 2); next >= least; next = Math.floor(next / 2)) values.push(next);
  return values;
}

type Found = MemoryTrial | MailGymError;

async function tryOut(probe: MemoryProbe, settings: SettledSettings): Promise<Found> {
  try {
    return await probe.trial(settings);
  } catch (error) {
    if (error instanceof MailGymError) return error;
    throw error;
  }
}

function refused(settings: SettledSettings, found: Found, proposals: readonly Proposal[]): GpuError {
  return GpuError.of(
    'gpu/does-not-fit',
    {
      need:
        found instanceof MailGymError
          ? { failed: told(found) }
          : memoryNeed(found.plan, settings.baseWeights),
      proposals: proposals.slice(0, MOST_TOLD).map(({ changes, bytes }) => ({
        changes: Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, String(value)])),
        megabytes: megabytes(bytes),
      })),
    },
    found instanceof MailGymError ? { cause: found } : {},
  );
}

/** `2050 MB of GPU memory (weights 540 (f32), …)`. */
export function memoryParts(plan: MemoryPlan, baseWeights: WeightFormat): string {
  return memoryWords(memoryNeed(plan, baseWeights));
}

function memoryNeed(plan: MemoryPlan, baseWeights: WeightFormat): MemoryNeed {
  return {
    peak: megabytes(plan.peakBytes),
    weights: megabytes(plan.weights),
    baseWeights,
    trained: megabytes(plan.trained),
    cache: megabytes(plan.cache),
    activations: megabytes(plan.activations),
  };
}

export const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
