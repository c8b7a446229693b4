/** Records of runs as they stand in files, those of older versions among them. */
import type { EvalSummary, StepMetrics, WarmStartMetrics } from '../grpo/types';

/** Lines that are not whole JSON objects (the last one after a crash) are left out. */
export function parseLines<T>(text: string, isOne: (value: object) => boolean): T[] {
  const items: T[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && isOne(value)) items.push(value as T);
    } catch {
      continue;
    }
  }
  return items;
}

export function parseMetrics(text: string): StepMetrics[] {
  return lastOfEach(parseLines(text, (v) => 'step' in v && 'rewardMean' in v && 'accuracy' in v));
}

/** Supervised steps of a warm start. */
export function parseWarmStart(text: string): WarmStartMetrics[] {
  return lastOfEach(parseLines(text, (v) => 'step' in v && 'loss' in v && 'trainedTokens' in v));
}

/** In order of steps. A resumed run writes the steps after its checkpoint again; the later line counts. */
function lastOfEach<T extends { readonly step: number }>(lines: readonly T[]): T[] {
  return [...new Map(lines.map((line) => [line.step, line])).values()].sort((a, b) => a.step - b.step);
}

/**
 * Evaluation summaries of a log: one JSON object, a JSON object with a `summary`, or one per line.
 * @param earlier counts in the summaries of earlier versions, and the metrics whose means they are when divided by the
 *   questions (`earlierCounts` of the environment)
 */
export function parseEvaluations(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): EvalSummary[] {
  const read = (found: object) => summaryOf(found, earlier);
  const isSummary = (v: object) => 'accuracy' in v && 'split' in v && 'step' in v;
  try {
    const whole: unknown = JSON.parse(text);
    if (typeof whole !== 'object' || whole === null) return [];
    const inner: unknown = 'summary' in whole ? whole.summary : whole;
    return typeof inner === 'object' && inner !== null && isSummary(inner) ? [read(inner)] : [];
  } catch {
    return parseLines<object>(text, isSummary).map(read);
  }
}

function summaryOf(found: object, earlier: Readonly<Record<string, string>>): EvalSummary {
  const summary = found as EvalSummary & Readonly<Record<string, unknown>>;
  if ('metrics' in found) return { ...summary, rewards: summary.rewards ?? {} };
  const metrics: Record<string, number> = {};
  for (const [count, metric] of Object.entries(earlier)) {
    const value = summary[count];
    if (typeof value === 'number' && summary.questions > 0) metrics[metric] = value / summary.questions;
  }
  return { ...summary, metrics, rewards: {} };
}
