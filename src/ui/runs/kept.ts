/** Trajectories and log of a run as the page keeps them in the run's folder, so that it can be opened again. Pure. */
import type { TrajectoryView } from '../../grpo/types';
import { parseLines } from '../../report/records';
import type { LogLine, TrajectoryBatch } from '../state';
import { PAGE_FOLDER } from './label';

export const KEPT_LOG = `${PAGE_FOLDER}/log.jsonl`;
export const KEPT_TRAJECTORIES = `${PAGE_FOLDER}/trajectories/`;

/** One file for each step, so that keeping one costs no more than writing it. */
export const keptPath = (step: number): string =>
  `${KEPT_TRAJECTORIES}step-${String(step).padStart(6, '0')}.json`;

/** Step of a file's path; null for any other path. */
export function keptStep(path: string): number | null {
  const match = /(?:^|\/)page\/trajectories\/step-(\d{6,})\.json$/.exec(path);
  return match === null ? null : Number(match[1]);
}

const ARRAYS = ['source', 'lossMask', 'tokenAdvantages', 'logprobs'] as const;

/** A trajectory as JSON: numbers of tokens as lists, to six digits. */
export function plainTrajectory(view: TrajectoryView): Record<string, unknown> {
  const short = (values: Float32Array): number[] => Array.from(values, (v) => Number(v.toPrecision(6)));
  return {
    ...view,
    source: [...view.source],
    lossMask: [...view.lossMask],
    tokenAdvantages: short(view.tokenAdvantages),
    logprobs: short(view.logprobs),
  };
}

export function batchText({ step, items }: TrajectoryBatch): string {
  return JSON.stringify({ step, items: items.map(plainTrajectory) });
}

/** Null where the file is damaged; trajectories that are not whole are left out. */
export function parseBatch(text: string): TrajectoryBatch | null {
  try {
    const found = JSON.parse(text) as { readonly step?: unknown; readonly items?: unknown } | null;
    if (typeof found?.step !== 'number' || !Array.isArray(found.items)) return null;
    return { step: found.step, items: found.items.flatMap(trajectoryFrom) };
  } catch {
    return null;
  }
}

const NUMBERS = ['group', 'rollout', 'reward', 'advantage'] as const;
const TEXTS = ['question', 'questionId', 'endReason'] as const;

function trajectoryFrom(item: Readonly<Record<string, unknown>>): TrajectoryView[] {
  const { tokens, turns } = item;
  if (!Array.isArray(tokens) || !Array.isArray(turns)) return [];
  const isWhole =
    NUMBERS.every((key) => typeof item[key] === 'number') &&
    TEXTS.every((key) => typeof item[key] === 'string') &&
    tokens.every((token) => typeof token === 'string') &&
    ARRAYS.every((key) => Array.isArray(item[key]) && item[key].length === tokens.length);
  if (!isWhole) return [];
  const list = (key: (typeof ARRAYS)[number]): number[] => item[key] as number[];
  return [
    {
      ...(item as unknown as TrajectoryView),
      source: Uint8Array.from(list('source')),
      lossMask: Uint8Array.from(list('lossMask')),
      tokenAdvantages: Float32Array.from(list('tokenAdvantages')),
      logprobs: Float32Array.from(list('logprobs')),
    },
  ];
}

export const logText = (log: readonly LogLine[]): string =>
  log.map((line) => `${JSON.stringify(line)}\n`).join('');

export function parseLog(text: string): LogLine[] {
  return parseLines<LogLine>(text, (v) => 'kind' in v && 'text' in v && typeof v.text === 'string').map(
    ({ kind, text: words }, id) => ({ id, kind, text: words }),
  );
}
