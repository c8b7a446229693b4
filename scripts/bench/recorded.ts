/** Trajectories of the default policy on the built-in mail, sampled once with the start weights at a fixed seed. */
import { MemoryStore } from '../../src/run/stores/memory-store';
import { groupRequests, rollOut, type RolloutOptions } from '../../src/grpo/rollout';
import { scoreBatch } from '../../src/grpo/scoring';
import type { TrainerDeps } from '../../src/run/train/trainer';
import type { ScoredTrajectory, Trajectory } from '../../src/grpo/types';
import { loadModelConfig } from '../../src/engine/model/config';
import { GpuPolicy } from '../../src/engine/gpu-policy';
import type { LoraConfig, ModelConfig } from '../../src/engine/types';
import type { HostTensors } from '../../src/formats/tensors';
import { loadWeights } from '../../src/engine/weights/weights';
import { openRun, type OpenedRun } from '../../src/run/open-run';
import { Session, type RunPlatform } from '../../src/run/session';
import { presetSettings } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';

export interface DefaultPolicy {
  readonly config: ModelConfig;
  readonly tensors: HostTensors;
  readonly lora: LoraConfig;
  readonly settings: Settings;
}

export async function loadDefaultPolicy(platform: RunPlatform): Promise<DefaultPolicy> {
  const settings = presetSettings('default');
  const files = await platform.modelFiles(settings.model);
  const config = await loadModelConfig(files);
  const { loraR: r, loraAlpha: alpha, loraTargets: targets } = settings;
  const tensors = await loadWeights(files, config);
  return { config, tensors, lora: { r, alpha, targets }, settings };
}

/** A run on a device of its own, as the commands open it, but that programs compile when they are first needed. */
export function openDefaultRun(platform: RunPlatform, settings: Settings): Promise<OpenedRun> {
  return openRun(new Session(platform), settings, new MemoryStore(), () => undefined, { ready: 'nothing' });
}

export function rolloutOptions(settings: Settings): RolloutOptions {
  const { temperature, topK, topP, minP, seed, maxTurns, maxTokens, maxSeqLength } = settings;
  return {
    params: { temperature, topK, topP, minP, seed },
    ...{ maxTurns, maxTokens, maxSeqLength },
  };
}

/** Questions asked at most per group wanted; those all of whose rollouts end alike teach nothing and are passed over. */
const PATIENCE = 4;

/** `groups` groups of `rollouts` trajectories whose rewards differ, numbered from 0. */
export async function recordGroups(
  deps: TrainerDeps,
  settings: Settings,
  groups: number,
  rollouts: number,
): Promise<Trajectory[]> {
  const kept: Trajectory[][] = [];
  for (let asked = 0; kept.length < groups && asked < PATIENCE * groups; asked += groups) {
    const questions = deps.tasks.train.slice(asked, asked + groups);
    const requests = groupRequests(questions, rollouts, 1, asked);
    const trajectories = await rollOut(deps, requests, rolloutOptions(settings));
    for (const question of questions.keys()) {
      const group = trajectories.filter((trajectory) => trajectory.group === asked + question);
      if (new Set(group.map(({ reward }) => reward)).size > 1) kept.push(group);
    }
  }
  if (kept.length < groups)
    throw new Error(`Only ${kept.length} of ${groups} groups have different rewards.`);
  return kept.slice(0, groups).flatMap((members, group) => members.map((one) => ({ ...one, group })));
}

/** Masks and advantages as the trainer computes them; every group takes part. */
export function score(
  trajectories: readonly Trajectory[],
  settings: Settings,
  mode: 'masked' | 'rollout',
): readonly ScoredTrajectory[] {
  const rules = { ...settings, mode, minGroupStd: 0 };
  // The rewards of the default preset are one part; its weight plays no role once they are summed.
  return scoreBatch(trajectories, rules, {}).trajectories;
}

/** The default policy with a fresh adapter on the given recorder's device. */
export function freshPolicy(
  gpu: ConstructorParameters<typeof GpuPolicy>[0],
  start: DefaultPolicy,
): GpuPolicy {
  const { config, tensors, lora, settings } = start;
  return new GpuPolicy(gpu, config, tensors, { kind: 'adapter', lora, seed: settings.seed });
}
