/** What an invented update finds of invented tokens: numbers of the right kind that go the right way. */
import type { TokenMove, TrajectoryView, Watching } from '../../src/grpo/types';

const ids = new Map<string, number>();
const idOf = (text: string): number => {
  const id = ids.get(text) ?? ids.size;
  ids.set(text, id);
  return id;
};

const OTHERS = ['search_', 'read_', 'return_', ' the'];
const TEMPERATURE = 1;

export function mockUpdates(items: readonly TrajectoryView[], watching: Watching): TrajectoryView[] {
  const trained = items
    .filter(({ kept }) => kept)
    .flatMap(({ lossMask }) => [...lossMask].filter((one) => one > 0));
  const stepSlope = items.reduce(
    (sum, { kept, lossMask, advantage }) =>
      kept ? sum + Math.abs(advantage) * lossMask.reduce((a, b) => a + b, 0) : sum,
    0,
  );
  const measured = items.filter(({ kept }) => kept).slice(0, watching.moves);
  return items.map((item) => {
    const known = { ...item, ids: item.tokens.map(idOf), level: 1 + (item.group % 3), scorable: true };
    if (!item.kept) return known;
    const at = Int32Array.from([...item.lossMask.keys()].filter((t) => (item.lossMask[t] ?? 0) > 0));
    const now = Float32Array.from(at, (t) => item.logprobs[t] || -0.5);
    const isMeasured = measured.includes(item);
    const slope = Float32Array.from(at, () => -item.advantage / Math.max(1, trained.length));
    const after = now.map((value) => Math.min(-1e-4, value + 0.2 * item.advantage * (1 - Math.exp(value))));
    const moves = isMeasured && item.rollout === 0 ? [moveOf(known, at, now, slope)] : [];
    return {
      ...known,
      update: {
        ...{ at, now, slope, moves },
        then: now.slice(),
        reference: now.map((value) => value - 0.05),
        clipped: new Uint8Array(at.length),
        stepSlope: stepSlope / Math.max(1, trained.length),
        after: isMeasured ? after : null,
      },
    };
  });
}

/** Of the least likely trained token. */
function moveOf(
  { tokens, advantage }: TrajectoryView,
  at: Int32Array,
  now: Float32Array,
  slope: Float32Array,
): TokenMove {
  const place = now.indexOf(Math.min(...now));
  const token = at[place] ?? 0;
  const texts = [tokens[token] ?? '', ...OTHERS];
  const before = texts.map((_, i) => (i === 0 ? (now[place] ?? 0) : -1 - 0.3 * i));
  const after = before.map((value, i) => (i === 0 ? value + 0.2 * advantage : value - 0.05 * advantage));
  return {
    ...{ token, texts, before, after },
    ids: texts.map(idOf),
    logSum: [0, 0.02 * advantage],
    temperature: TEMPERATURE,
    slope: slope[place] ?? 0,
  };
}
