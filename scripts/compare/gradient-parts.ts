/** The gradient of mode rollout taken apart: what tool tokens add to the gradient of the sampled ones. */
import { lossMask } from '../../src/grpo/mask';
import { lossConfig } from '../../src/grpo/loss-config';
import { buildLossRows, scatterRows } from '../../src/grpo/loss-rows';
import { maxCompletionLength, type UpdateSettings } from '../../src/grpo/train-step';
import type { ScoredTrajectory } from '../../src/grpo/types';
import { trajectoryWeights } from '../../src/grpo/weights';
import { buildForest } from '../../src/tokens/forest';
import { type TrainablePolicy } from '../../src/engine/types';
import { TOKEN_SOURCE } from '../../src/tokens/types';
import { mean } from '../../src/statistics';
import type { GroupGradients } from './types';

export type GradientSettings = Omit<UpdateSettings, 'mode'> & { readonly maskTruncated: boolean };
export type GradientPolicy = Pick<TrainablePolicy, 'accumulate' | 'readGradients' | 'zeroGradient'>;

export interface GroupMeasurement {
  readonly gradients: GroupGradients;
  /** Log-prob of every token of every trajectory, nats; 0 for the prompt. */
  readonly logprobs: readonly Float32Array[];
}

/**
 * Gradients of one group as both modes would compute them, at the first update. The loss is a sum over tokens, so the
 * gradient of mode rollout is that of its sampled tokens plus that of its tool tokens, exactly; the sampled part points
 * where the masked gradient points (with `dapo`, it is that gradient times the share of sampled tokens).
 * Leaves the policy's gradient zeroed.
 */
export async function measureGroup(
  policy: GradientPolicy,
  members: readonly ScoredTrajectory[],
  settings: GradientSettings,
): Promise<GroupMeasurement> {
  const { forest, nodeOf } = buildForest(members);
  const config = lossConfig(settings);
  const masksOf = (mode: 'masked' | 'rollout') =>
    members.map((member) => lossMask(member, mode, settings.maskTruncated));
  const weightsOf = (masks: readonly Uint8Array[], mode: 'masked' | 'rollout') =>
    trajectoryWeights(
      masks.map((mask) => ({ lossMask: mask, microBatch: 0 })),
      settings.lossType,
      maxCompletionLength({ ...settings, mode }),
    );
  const gradientOf = async (masks: readonly Uint8Array[], weights: Float64Array) => {
    const { rows, rowOf } = buildLossRows(
      forest,
      nodeOf,
      members.map((member, i) => ({
        lossMask: masks[i] as Uint8Array,
        tokenAdvantages: member.tokenAdvantages,
        old: member.logprobs.map((old, t) => (member.source[t] === TOKEN_SOURCE.sampled ? old : NaN)),
        tokenWeights: new Float64Array(member.ids.length).fill(weights[i] as number),
      })),
    );
    policy.zeroGradient();
    const { logprobs } = await policy.accumulate(forest, rows, config);
    const gradient = flat(await policy.readGradients());
    policy.zeroGradient();
    return { gradient, logprobs: scatterRows(rowOf, logprobs, 0) };
  };

  const sampledOnly = masksOf('masked');
  const everything = masksOf('rollout');
  const rolloutWeights = weightsOf(everything, 'rollout');
  const masked = await gradientOf(sampledOnly, weightsOf(sampledOnly, 'masked'));
  const whole = await gradientOf(everything, rolloutWeights);
  const sampled = await gradientOf(sampledOnly, rolloutWeights);
  const tool = whole.gradient.map((value, i) => value - (sampled.gradient[i] as number));

  const logprobsOf = (source: number) =>
    members.flatMap((member, m) =>
      Array.from(whole.logprobs[m] as Float32Array).filter((_, t) => t > 0 && member.source[t] === source),
    );
  const sampledLogprobs = logprobsOf(TOKEN_SOURCE.sampled);
  const toolLogprobs = logprobsOf(TOKEN_SOURCE.tool);
  return {
    logprobs: whole.logprobs,
    gradients: {
      questionId: members[0]?.task.id ?? '',
      rollouts: members.length,
      right: members.filter(({ outcome }) => outcome.success === true).length,
      sampledTokens: sampledLogprobs.length,
      toolTokens: toolLogprobs.length,
      sampledLogprob: mean(sampledLogprobs),
      toolLogprob: mean(toolLogprobs),
      masked: norm(masked.gradient),
      whole: norm(whole.gradient),
      tool: norm(tool),
      sampled: norm(sampled.gradient),
      maskedTool: cosine(masked.gradient, tool),
      maskedWhole: cosine(masked.gradient, whole.gradient),
    },
  };
}

function flat(tensors: Awaited<ReturnType<TrainablePolicy['readGradients']>>): Float64Array {
  const parts = [...tensors.values()].map(({ data }) => data);
  const all = new Float64Array(parts.reduce((total, data) => total + data.length, 0));
  let at = 0;
  for (const data of parts) {
    all.set(data, at);
    at += data.length;
  }
  return all;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, i) => total + value * (b[i] as number), 0);
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

/** 0 when one of them is zero. */
function cosine(a: Float64Array, b: Float64Array): number {
  const size = norm(a) * norm(b);
  return size > 0 ? dot(a, b) / size : 0;
}
