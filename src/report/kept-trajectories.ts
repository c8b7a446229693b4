/**
 * Trajectories as the page shows them, in files of a run's folder: what the page keeps, so that a run can be opened again,
 * and `npm run train --keepTrajectories` writes. Pure.
 */
import { parseLines } from './records';
import type { TokenMove, TokenUpdate, TrajectoryView } from '../grpo/types';

/** Folder of the page's own files beside those of a run. Training neither reads nor writes them. */
export const PAGE_FOLDER = 'page';
/** Answers to the task that was followed, one a line. */
export const KEPT_FOLLOWED = `${PAGE_FOLDER}/followed.jsonl`;
const KEPT_TRAJECTORIES = `${PAGE_FOLDER}/trajectories/`;

/** Of one step. */
export interface TrajectoryBatch {
  readonly step: number;
  readonly items: readonly TrajectoryView[];
}
/** The task that is followed, as the policy answered it after a step. */
export interface Followed {
  readonly step: number;
  readonly item: TrajectoryView;
}

/** One file for each step, so that keeping one costs no more than writing it. */
export const keptPath = (step: number): string =>
  `${KEPT_TRAJECTORIES}step-${String(step).padStart(6, '0')}.json`;

/** Step of a file's path; null for any other path. */
export function keptStep(path: string): number | null {
  const match = /(?:^|\/)page\/trajectories\/step-(\d{6,})\.json$/.exec(path);
  return match === null ? null : Number(match[1]);
}

const ARRAYS = ['source', 'lossMask', 'tokenAdvantages', 'logprobs'] as const;
const UPDATE_ARRAYS = ['then', 'now', 'clipped', 'slope'] as const;

const short = (values: ArrayLike<number>): number[] =>
  Array.from(values, (value) => Number(value.toPrecision(6)));

/** A trajectory as JSON: numbers of tokens as lists, to six digits. */
export function plainTrajectory(view: TrajectoryView): Record<string, unknown> {
  const { update } = view;
  return {
    ...view,
    source: [...view.source],
    lossMask: [...view.lossMask],
    tokenAdvantages: short(view.tokenAdvantages),
    logprobs: short(view.logprobs),
    ...(update === undefined ? {} : { update: plainUpdate(update) }),
  };
}

function plainUpdate(update: TokenUpdate): Record<string, unknown> {
  const { at, then, now, reference, clipped, slope, after, moves } = update;
  return {
    ...update,
    at: [...at],
    then: short(then),
    now: short(now),
    reference: reference === null ? null : short(reference),
    clipped: [...clipped],
    slope: short(slope),
    after: after === null ? null : short(after),
    moves: moves.map((move) => ({ ...move, before: short(move.before), after: short(move.after) })),
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
      ...(withoutUpdate(item) as unknown as TrajectoryView),
      source: Uint8Array.from(list('source')),
      lossMask: Uint8Array.from(list('lossMask')),
      tokenAdvantages: Float32Array.from(list('tokenAdvantages')),
      logprobs: Float32Array.from(list('logprobs')),
      ...updateFrom(item['update'], tokens.length),
    },
  ];
}

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');

/** Nothing where it is not whole: the rest of the trajectory can be shown without. */
function updateFrom(found: unknown, tokens: number): { readonly update?: TokenUpdate } {
  if (typeof found !== 'object' || found === null) return {};
  const fields = found as Readonly<Record<string, unknown>>;
  const { at, stepSlope, moves } = fields;
  const isWhole =
    isNumbers(at) &&
    at.every((token) => Number.isInteger(token) && token >= 0 && token < tokens) &&
    UPDATE_ARRAYS.every((key) => isNumbers(fields[key]) && fields[key].length === at.length) &&
    typeof stepSlope === 'number' &&
    Array.isArray(moves) &&
    moves.every(isMove);
  if (!isWhole) return {};
  const list = (key: string): Float32Array => Float32Array.from(fields[key] as number[]);
  const maybe = (key: string): Float32Array | null => {
    const values = fields[key];
    return isNumbers(values) && values.length === at.length ? Float32Array.from(values) : null;
  };
  return {
    update: {
      at: Int32Array.from(at),
      then: list('then'),
      now: list('now'),
      reference: maybe('reference'),
      clipped: Uint8Array.from(fields['clipped'] as number[]),
      slope: list('slope'),
      stepSlope,
      after: maybe('after'),
      moves: moves as TokenMove[],
    },
  };
}

function isMove(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { token, ids, texts, before, after, logSum, temperature, slope } = value as Readonly<
    Record<string, unknown>
  >;
  const isList = (list: unknown): boolean => isNumbers(list) && list.length === (ids as unknown[]).length;
  return (
    [token, temperature, slope].every((one) => typeof one === 'number') &&
    isNumbers(ids) &&
    isList(before) &&
    isList(after) &&
    isNumbers(logSum) &&
    logSum.length === 2 &&
    Array.isArray(texts) &&
    texts.length === ids.length &&
    texts.every((text) => typeof text === 'string')
  );
}

function withoutUpdate({ update, ...rest }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  void update;
  return rest;
}

/** One line of {@link KEPT_FOLLOWED}, its end included. */
export const followedLine = ({ step, item }: Followed): string =>
  `${JSON.stringify({ step, item: plainTrajectory(item) })}\n`;

/** Lines that are damaged are left out; of two of one step the later counts. */
export function parseFollowed(text: string): Followed[] {
  const found = new Map<number, Followed>();
  for (const { step, item } of parseLines<{ step: number; item: object }>(text, isFollowedLine)) {
    for (const view of trajectoryFrom(item as Readonly<Record<string, unknown>>))
      found.set(step, { step, item: view });
  }
  return [...found.values()].sort((a, b) => a.step - b.step);
}

const isFollowedLine = (line: object): boolean =>
  'step' in line &&
  typeof line.step === 'number' &&
  'item' in line &&
  typeof line.item === 'object' &&
  line.item !== null;
