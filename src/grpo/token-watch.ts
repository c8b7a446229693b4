/** What one step does to its tokens, for those who want to see why. Reads the policy and never changes it. */
import type { LossConfig, TrainablePolicy } from '../engine/types';
import type { ScoredTokens } from './loss-rows';
import { cutMicroBatches } from './micro-batch';
import { rowLoss } from './reference';
import { forestPart, scoreParts, type ForestPart } from './step-parts';
import type { ScoredTrajectory, TokenMove, TokenUpdate, Watching } from './types';

/** What an update found of one trajectory; arrays have its length. */
export interface SeenTokens {
  /** What its loss rows were built from. */
  readonly tokens: ScoredTokens;
  /** Row of each token; -1 where it has none. */
  readonly rows: Int32Array;
  /** Log-prob that the ratio refers to; NaN for the policy as it is. */
  readonly then: Float32Array;
  readonly clipped: Uint8Array;
  readonly logprobs: Float32Array;
  /** Null without KL. */
  readonly reference: Float32Array | null;
  readonly config: Pick<LossConfig, 'term' | 'beta'>;
}

type Numbers = Omit<TokenUpdate, 'stepSlope' | 'after' | 'moves'>;
/** A token whose logits are read; `part` and `node` are its place in the forests. */
interface Chosen {
  readonly trajectory: ScoredTrajectory;
  readonly part: number;
  /** Of the token before it, which predicts it. */
  readonly node: number;
  readonly move: Omit<TokenMove, 'after' | 'logSum'> & { readonly logSum: number };
}

/** Likeliest other tokens whose logits are told with a trained token's. */
const OTHERS = 5;

/** Holds some 20 bytes for each trained token of the trajectories that are shown, until the next step. */
export class TokenWatch {
  readonly #shown: ReadonlySet<ScoredTrajectory>;
  readonly #measured: readonly ScoredTrajectory[];
  readonly #logits: number;
  readonly #seen = new Map<ScoredTrajectory, Numbers>();
  readonly #after = new Map<ScoredTrajectory, Float32Array>();
  readonly #moves = new Map<ScoredTrajectory, TokenMove[]>();
  #stepSlope = 0;
  #parts: readonly ForestPart[] = [];
  #chosen: readonly Chosen[] = [];
  #temperature = 1;

  /**
   * @param shown trajectories that are told of; slopes are summed over all
   * @param watching `moves`: of the first so many kept ones log-probs are measured after the step
   */
  constructor(shown: readonly ScoredTrajectory[], { moves, logits }: Pick<Watching, 'moves' | 'logits'>) {
    this.#shown = new Set(shown);
    this.#measured = shown.filter(({ kept }) => kept).slice(0, moves);
    this.#logits = logits;
  }

  /** What is seen from now on replaces what was. */
  beginUpdate(): void {
    this.#stepSlope = 0;
  }

  see(trajectory: ScoredTrajectory, seen: SeenTokens): void {
    const { tokens, rows, then, clipped, logprobs, reference, config } = seen;
    const at = Int32Array.from([...rows.keys()].filter((t) => (rows[t] as number) >= 0));
    const pick = (values: ArrayLike<number>) => Float32Array.from(at, (t) => values[t] as number);
    const now = pick(logprobs);
    const referred = reference === null ? null : pick(reference);
    const weight = pick(tokens.tokenWeights);
    const push = Float32Array.from(
      at,
      (t) => (tokens.tokenWeights[t] as number) * (tokens.tokenAdvantages[t] as number),
    );
    const { gradient } = rowLoss(
      {
        count: at.length,
        old: pick(tokens.old),
        pos: push.map((value) => Math.max(value, 0)),
        neg: push.map((value) => Math.min(value, 0)),
        weight,
      },
      now,
      referred ?? now,
      config,
    );
    for (const slope of gradient) this.#stepSlope += Math.abs(slope);
    if (!this.#shown.has(trajectory)) return;
    this.#seen.set(trajectory, {
      at,
      now,
      then: pick(then).map((value, k) => (Number.isNaN(value) ? (now[k] as number) : value)),
      reference: referred,
      clipped: Uint8Array.from(at, (t) => clipped[t] as number),
      slope: Float32Array.from(gradient),
    });
  }

  /** Chooses the tokens that the first update pushes most, and reads the logits at their places. */
  async beforeUpdates(
    policy: Pick<TrainablePolicy, 'logits' | 'config'>,
    temperature: number,
    nodeBudget: number,
  ): Promise<void> {
    this.#temperature = temperature;
    const measured = this.#measured.filter((trajectory) => this.#seen.has(trajectory));
    if (measured.length === 0) return;
    this.#parts = cutMicroBatches(measured, nodeBudget).map((members) => forestPart(measured, members));
    const chosen = this.#choose(measured);
    const rows = await this.#logitRows(policy, chosen);
    this.#chosen = chosen.map((one, i) => {
      const logits = rows[i] as Float32Array;
      const ids = [one.id, ...likeliest(logits, one.id)];
      const { token, slope } = one;
      const before = ids.map((id) => logits[id] as number);
      const move = { token, slope, ids, texts: [], before, temperature, logSum: logSum(logits, temperature) };
      return { ...one, move };
    });
  }

  /** Measures what the step has changed. */
  async afterUpdates(policy: Pick<TrainablePolicy, 'logits' | 'config' | 'scoreWithEntropy'>): Promise<void> {
    const measured = this.#measured.filter((trajectory) => this.#seen.has(trajectory));
    if (measured.length === 0) return;
    const scores = await scoreParts(policy, this.#parts, measured, this.#temperature);
    measured.forEach((trajectory, i) => {
      const { at } = this.#seen.get(trajectory) as Numbers;
      this.#after.set(
        trajectory,
        Float32Array.from(at, (t) => scores[i]?.logprobs[t] as number),
      );
    });
    const rows = await this.#logitRows(policy, this.#chosen);
    this.#chosen.forEach(({ trajectory, move }, i) => {
      const logits = rows[i] as Float32Array;
      const found: TokenMove = {
        ...move,
        after: move.ids.map((id) => logits[id] as number),
        logSum: [move.logSum, logSum(logits, this.#temperature)],
      };
      this.#moves.set(trajectory, [...(this.#moves.get(trajectory) ?? []), found]);
    });
  }

  /** Undefined for a trajectory that is not shown, or of which nothing was trained. */
  updateOf(trajectory: ScoredTrajectory): TokenUpdate | undefined {
    const seen = this.#seen.get(trajectory);
    if (seen === undefined) return undefined;
    return {
      ...seen,
      stepSlope: this.#stepSlope,
      after: this.#after.get(trajectory) ?? null,
      moves: this.#moves.get(trajectory) ?? [],
    };
  }

  /** By the size of the push on their logits, |slope|·(1 − p); each place of the forest once. */
  #choose(measured: readonly ScoredTrajectory[]) {
    const all = this.#parts.flatMap(({ members, nodeOf }, part) =>
      members.flatMap((i, k) => {
        const trajectory = measured[i] as ScoredTrajectory;
        const { at, slope, now } = this.#seen.get(trajectory) as Numbers;
        return Array.from(at, (token, n) => ({
          ...{ trajectory, part, token },
          node: nodeOf[k]?.[token - 1] as number,
          id: trajectory.ids[token] as number,
          slope: slope[n] as number,
          push: Math.abs(slope[n] as number) * (1 - Math.exp(now[n] as number)),
        }));
      }),
    );
    const places = new Set<string>();
    return all
      .filter(({ push }) => push > 0)
      .sort((a, b) => b.push - a.push)
      .filter(({ part, node, id }) => {
        const place = `${part} ${node} ${id}`;
        return !places.has(place) && places.add(place) !== undefined;
      })
      .slice(0, this.#logits);
  }

  /** Logits of the whole vocabulary at each place, in the order given. */
  async #logitRows(
    policy: Pick<TrainablePolicy, 'logits' | 'config'>,
    places: readonly { readonly part: number; readonly node: number }[],
  ): Promise<Float32Array[]> {
    const rows: Float32Array[] = [];
    for (const [index, { forest }] of this.#parts.entries()) {
      const own = [...places.keys()].filter((i) => places[i]?.part === index);
      if (own.length === 0) continue;
      const nodes = own.map((i) => places[i]?.node as number);
      const logits = await policy.logits(forest, nodes);
      const size = logits.length / nodes.length;
      own.forEach((i, k) => (rows[i] = logits.subarray(k * size, (k + 1) * size)));
    }
    return rows;
  }
}

function likeliest(logits: Float32Array, but: number): number[] {
  const best: number[] = [];
  logits.forEach((value, id) => {
    if (id === but) return;
    const place = best.findIndex((other) => (logits[other] as number) < value);
    if (place >= 0) best.splice(place, 0, id);
    else if (best.length < OTHERS) best.push(id);
    if (best.length > OTHERS) best.pop();
  });
  return best;
}

/** log Σ exp(logit / temperature). */
function logSum(logits: Float32Array, temperature: number): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity) / temperature;
  return most + Math.log(logits.reduce((sum, value) => sum + Math.exp(value / temperature - most), 0));
}
