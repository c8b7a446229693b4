/** A whole rollout phase of the default policy: our sampler against `generate()` on ONNX Runtime. */
import { groupRequests, rollOut, type RolloutDeps } from '../../../src/grpo/rollout';
import type { Trajectory } from '../../../src/grpo/types';
import { TOKEN_SOURCE } from '../../../src/tokens/types';
import { ROLLOUT_ID } from '../catalog';
import { compare, together } from '../check';
import { interleave, timed, timeRow } from '../measure';
import { meter } from '../meter';
import { generateBatches, type Draws } from '../peers/ort/generate';
import { exactTokens } from '../peers/ort/runtime';
import { ortModel } from '../peers/ort/transformers';
import { freshPolicy, loadDefaultPolicy, openDefaultRun, rolloutOptions } from '../recorded';
import type { Session } from '../session';
import { ratePair } from '../statistics';
import type { Check, Contestant, Cost } from '../types';

const GROUPS = 4;
const ROLLOUTS = 8;
const ROUNDS = 3;

interface RolloutContestant extends Contestant {
  /** The first run's. */
  readonly conversations: () => readonly Trajectory[];
}

export async function rolloutRows(session: Session): Promise<void> {
  const platform = await session.platform();
  const start = await loadDefaultPolicy(platform);
  const run = await openDefaultRun(platform, start.settings);
  const questions = run.deps.tasks.train.slice(0, GROUPS);
  const requests = groupRequests(questions, ROLLOUTS, 1);
  const options = rolloutOptions(run.settings);

  /** A run costs what one sampled token costs. */
  const phase = (name: string, policy: RolloutDeps['policy']): RolloutContestant => {
    let first: readonly Trajectory[] | null = null;
    const once = async (): Promise<Cost> => {
      let trajectories: readonly Trajectory[] = [];
      const cost = await timed(async () => {
        trajectories = await rollOut({ ...run.deps, policy }, requests, options);
      });
      first ??= trajectories;
      const tokens = trajectories.reduce((sum, { source }) => sum + sampledIn(source), 0);
      return { wall: cost.wall / tokens, cpu: cost.cpu / tokens };
    };
    return { name, conversations: () => first ?? [], run: () => meter.as(name, once) };
  };
  const policy = freshPolicy(session.opened.gpu, start);
  const ours = phase('ours', policy);
  let draws: Draws = 'ours';
  const model = await meter.as('generate', () =>
    ortModel(
      session,
      start.config,
      run.engine.configJson as Readonly<Record<string, unknown>>,
      start.tensors,
    ),
  );
  const exact = exactTokens(session.opened.adapter) === Infinity;
  const peer = phase(
    'generate',
    generateBatches(model, () => draws),
  );
  // The warm-up has the same conversations as ours, which checks them; the library chooses for itself afterwards.
  for (const contestant of [ours, peer]) await contestant.run();
  draws = 'library';
  const costs = await interleave([ours, peer], ROUNDS, 0);
  const time = timeRow(costs, session.basis, {
    id: ROLLOUT_ID,
    what: `rollout phase of ${requests.length} conversations with their tools, sampled tokens over time`,
    ...{ ours: 'ours', peer: 'generate' },
    check: sameConversations(ours.conversations(), peer.conversations(), exact ? 1e-3 : 2e-2),
    note: [
      "times are per sampled token; peer: transformers.js's generate() on ONNX Runtime with GroupQueryAttention, padded " +
        'on the left, all rows in one call per turn, with a stopping rule that remembers finished rows',
      exact
        ? []
        : 'its attention over 32 and more new tokens is off by 1 % on this device, which bounds the check',
    ]
      .flat()
      .join('; '),
  });
  session.emit({
    ...time,
    ...ratePair(time, 1, 1),
    unit: session.basis === 'cpu' ? 'tokens per CPU-s' : 'tokens per s',
  });
  await model.dispose();
  policy.dispose();
  run.dispose();
}

function sampledIn(source: Uint8Array): number {
  return source.reduce((count, from) => count + (from === TOKEN_SOURCE.sampled ? 1 : 0), 0);
}

/** Rounding may turn a draw between two tokens that are as good as tied; such a conversation is compared up to there. */
const LEAST_ALIKE = 0.9;

function sameConversations(ours: readonly Trajectory[], peer: readonly Trajectory[], bound: number): Check {
  const got: number[] = [];
  const expected: number[] = [];
  let alike = 0;
  ours.forEach(({ ids, source, logprobs }, i) => {
    const other = peer[i] as Trajectory;
    const differs = ids.findIndex((id, t) => other.ids[t] !== id);
    const shared = differs < 0 ? ids.length : differs;
    if (differs < 0 && other.ids.length === ids.length) alike++;
    for (let t = 0; t < shared; t++) {
      if (source[t] !== TOKEN_SOURCE.sampled) continue;
      got.push(logprobs[t] as number);
      expected.push(other.logprobs[t] as number);
    }
  });
  return together(compare(`log-probs of ${got.length} tokens`, got, expected, bound), {
    ok: alike >= LEAST_ALIKE * ours.length,
    what: `${alike} of ${ours.length} conversations the same to the end`,
  });
}
