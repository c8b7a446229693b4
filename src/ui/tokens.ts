/** Reading a trajectory token by token: blocks, what trains in which mode, totals. Pure. */
import type { TrajectoryView } from '../grpo/types';
import type { Mode } from '../settings/choices';
import { TOKEN_SOURCE } from '../tokens/types';
import { fixed, integer, number, percent, signed, visibleToken } from './format';
import { tokenRole, type TokenRole } from './colour';
import { t } from './texts';
import { tokenNumbers } from './why/numbers';

/** Tokens of one origin in a row: `[start, end)`. */
export interface TokenBlock {
  readonly source: number;
  readonly start: number;
  readonly end: number;
  /** 1 for the model's first turn and the results it got; 0 for the prompt. */
  readonly turn: number;
}

export function tokenBlocks(source: Uint8Array): TokenBlock[] {
  const blocks: TokenBlock[] = [];
  let start = 0;
  let turn = 0;
  for (let i = 1; i <= source.length; i++) {
    if (i < source.length && source[i] === source[start]) continue;
    const kind = source[start] ?? TOKEN_SOURCE.prompt;
    if (kind === TOKEN_SOURCE.sampled) turn++;
    blocks.push({ source: kind, start, end: i, turn });
    start = i;
  }
  return blocks;
}

export function blockTitle(block: TokenBlock): string {
  if (block.source === TOKEN_SOURCE.sampled) return t.tokens.modelTurn(block.turn);
  if (block.source === TOKEN_SOURCE.tool) return t.tokens.toolResult(block.turn);
  return t.tokens.prompt;
}

/**
 * The mask that a mode would give a trajectory's tokens: masked trains what the model wrote, rollout everything
 * after the first prompt. Whether its group is kept is left aside.
 */
export function modeMask(source: Uint8Array, mode: Exclude<Mode, 'simple'>): Uint8Array {
  return source.map((s) =>
    s === TOKEN_SOURCE.sampled || (mode === 'rollout' && s === TOKEN_SOURCE.tool) ? 1 : 0,
  );
}

export function trained(mask: Uint8Array): number {
  return mask.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
}

/** The trajectory that shows most of what a mask does: a right one before others, then more text from tools; null without tools. */
export function mostTelling(items: readonly TrajectoryView[]): TrajectoryView | null {
  let best: TrajectoryView | null = null;
  let most = 0;
  for (const item of items) {
    const fromTools = item.source.filter((source) => source === TOKEN_SOURCE.tool).length;
    const weight = fromTools === 0 ? 0 : fromTools + (item.correct ? 1e6 : 0);
    if (weight > most) [best, most] = [item, weight];
  }
  return best;
}

export type Verdict = 'right' | 'wrong' | 'abstained' | 'no answer' | 'not judged';

export const VERDICT_SIGN: Readonly<Record<Verdict, string>> = {
  right: '✓',
  wrong: '✗',
  abstained: '?',
  'no answer': '–',
  'not judged': '·',
};

export function verdict(view: TrajectoryView): Verdict {
  if (view.correct) return 'right';
  if (view.correct === null) return 'not judged';
  if (view.answer === null) return 'no answer';
  return /^i don['’]?t know\.?$/i.test(view.answer.trim()) ? 'abstained' : 'wrong';
}

/** How a conversation ended, as the predicate of a sentence. */
export function endText(reason: string): string {
  const known: Readonly<Record<string, string>> = t.tokens.end;
  return known[reason] ?? reason;
}

/** Trajectories of one question, in rollout order. */
export interface QuestionGroup {
  readonly group: number;
  readonly question: string;
  /** Null when there is no known answer. */
  readonly goldAnswer: string | null;
  readonly items: readonly TrajectoryView[];
  /** Null when none was judged. */
  readonly right: number | null;
  readonly kept: boolean;
}

export function questionGroups(items: readonly TrajectoryView[]): QuestionGroup[] {
  const groups = new Map<number, TrajectoryView[]>();
  for (const item of items) {
    const list = groups.get(item.group);
    if (list === undefined) groups.set(item.group, [item]);
    else list.push(item);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([group, list]) => {
      const sorted = list.sort((a, b) => a.rollout - b.rollout);
      return {
        group,
        question: sorted[0]?.question ?? '',
        goldAnswer: sorted[0]?.goldAnswer ?? null,
        items: sorted,
        right: sorted.every((item) => item.correct === null)
          ? null
          : sorted.filter((item) => item.correct === true).length,
        kept: sorted.some((item) => item.kept),
      };
    });
}

/** What one token is, for the caption under it. */
export interface TokenFacts {
  readonly index: number;
  readonly text: string;
  readonly role: TokenRole;
  readonly lines: readonly (readonly [label: string, value: string])[];
}

export function tokenFacts(
  view: TrajectoryView,
  index: number,
  mask: Uint8Array = view.lossMask,
): TokenFacts {
  const source = view.source[index] ?? TOKEN_SOURCE.prompt;
  const isTrained = (mask[index] ?? 0) > 0;
  const role = tokenRole(source, isTrained);
  const id = view.ids?.[index];
  const lines: [string, string][] = id === undefined ? [] : [[t.tokens.fact.id, integer(id)]];
  lines.push([t.tokens.fact.mask, `${isTrained ? 1 : 0} · ${t.tokens.role[role]}`]);
  if (isTrained) lines.push([t.tokens.fact.advantage, signed(view.tokenAdvantages[index] ?? 0, 3)]);
  if (source === TOKEN_SOURCE.sampled) {
    const logprob = view.logprobs[index] ?? 0;
    lines.push([t.tokens.fact.logprob, `${number(logprob)} (${percent(Math.exp(logprob), 1)})`]);
  }
  // Of another mask than the run's own, its numbers would say nothing.
  if (mask === view.lossMask) lines.push(...updateLines(view, index));
  return { index, text: visibleToken(view.tokens[index] ?? ''), role, lines };
}

function updateLines(view: TrajectoryView, index: number): [string, string][] {
  const found = tokenNumbers(view, index);
  if (found === null) return [];
  const { fact } = t.tokens;
  const nats = (value: number): string => `${number(value)} (${percent(Math.exp(value), 1)})`;
  const ratio = fixed(found.ratio, 3);
  return [
    [fact.now, nats(found.now)],
    ...(found.reference === null ? [] : [[fact.reference, nats(found.reference)] as [string, string]]),
    ...(found.after === null ? [] : [[fact.after, nats(found.after)] as [string, string]]),
    [fact.ratio, found.clipped ? t.tokens.clipped(ratio) : ratio],
    [fact.share, percent(found.share, 2)],
  ];
}
