/** One real group of rollouts of the start policy, with the gradients that both modes draw from it. */
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTER_WEIGHTS } from '../../src/report/run-files';
import { adapterOnDisk } from '../../src/run/platform/adapter-node';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { groupRequests, rollOut } from '../../src/grpo/rollout';
import { scoreBatch } from '../../src/grpo/scoring';
import { type ScoredTrajectory } from '../../src/grpo/types';
import { TOKEN_SOURCE } from '../../src/tokens/types';
import { openRun } from '../../src/run/open-run';
import { Session, type RunPlatform } from '../../src/run/session';
import { taskText } from '../../src/conversation/text';
import type { Settings } from '../../src/settings/settings';
import { readJsonFile } from '../runtime/command';
import { measureGroup, type GroupMeasurement } from './gradient-parts';
import { fileFingerprint, modelFingerprint, sha256, tasksFingerprint } from '../runs/inputs';
import type { ExampleRollout, ExampleToken, GradientExample } from './types';

const SOURCES = ['prompt', 'sampled', 'tool'] as const satisfies readonly (keyof typeof TOKEN_SOURCE)[];

/**
 * Kept below the work folder; made again when model, tasks or settings have changed.
 * @param adapter folder of what the policy begins with; null: the bare model
 * @returns null where no group of the first questions has anything to teach
 */
export async function gradientExample(
  work: string,
  settings: Settings,
  adapter: string | null,
  open: () => Promise<RunPlatform>,
  log: (line: string) => void,
): Promise<GradientExample | null> {
  const key = sha256([
    JSON.stringify({ ...settings, mode: 'masked', outputDir: '', resume: '', verbose: false }),
    await modelFingerprint(settings.model),
    await tasksFingerprint(settings),
    adapter === null ? '' : fileFingerprint(join(adapter, ADAPTER_WEIGHTS)),
  ]);
  const file = join(work, `gradient-example-${key.slice(0, 12)}.json`);
  if (existsSync(file)) return readJsonFile(file) as GradientExample;
  log('gradient example: rolling out and taking gradients');
  const example = await makeExample(await open(), settings, adapter, log);
  if (example === null) return null;
  mkdirSync(work, { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(example)}\n`);
  renameSync(`${file}.part`, file);
  return example;
}

/** Rolls out the first training questions as a step would, and measures every group that teaches. */
async function makeExample(
  platform: RunPlatform,
  wanted: Settings,
  adapter: string | null,
  log: (line: string) => void,
): Promise<GradientExample | null> {
  const { deps, settings, dispose } = await openRun(
    new Session(platform),
    { ...wanted, mode: 'masked' },
    new MemoryStore(),
    (event) => {
      if (event.kind === 'warning') log(event.message);
    },
  );
  try {
    if (adapter !== null) deps.policy.loadAdapter(deps.readAdapter(await adapterOnDisk(adapter)));
    const questions = deps.tasks.train.slice(0, settings.batchSize);
    const { temperature, topK, topP, minP, seed, maxTurns, maxTokens, maxSeqLength } = settings;
    const trajectories = await rollOut(deps, groupRequests(questions, settings.numGenerations, 1), {
      params: { temperature, topK, topP, minP, seed },
      maxTurns,
      maxTokens,
      maxSeqLength,
    });
    const batch = scoreBatch(trajectories, settings, deps.rewardWeights);
    const groups = groupsThatTeach(batch.trajectories);
    const measured: { members: readonly ScoredTrajectory[]; result: GroupMeasurement }[] = [];
    for (const members of groups) {
      measured.push({ members, result: await measureGroup(deps.policy, members, settings) });
    }
    const shown = measured.find(({ members }) => isTelling(members)) ?? measured[0];
    if (shown === undefined) {
      log(
        `None of the first ${questions.length} training questions gave rollouts whose rewards differ, so there is no ` +
          'gradient to show. Raise numGenerations or batchSize, or take another seed.',
      );
      return null;
    }
    const ordered = shown.members
      .map((member, m) => ({ member, logprobs: shown.result.logprobs[m] as Float32Array }))
      .sort((a, b) => b.member.advantage - a.member.advantage);
    const { task } = (ordered[0] as (typeof ordered)[0]).member;
    return {
      format: 1,
      seed,
      question: taskText(task),
      gold: task.answer ?? '',
      shown: shown.result.gradients,
      groups: measured.map(({ result }) => result.gradients),
      rollouts: [ordered[0], ordered.at(-1)].flatMap((one) =>
        one === undefined ? [] : [exampleRollout(one.member, one.logprobs, (id) => deps.chat.tokenText(id))],
      ),
    };
  } finally {
    dispose();
  }
}

function groupsThatTeach(trajectories: readonly ScoredTrajectory[]): ScoredTrajectory[][] {
  const groups = new Map<number, ScoredTrajectory[]>();
  for (const trajectory of trajectories.filter(({ kept }) => kept)) {
    groups.set(trajectory.group, [...(groups.get(trajectory.group) ?? []), trajectory]);
  }
  return [...groups.values()];
}

/** Some right and some wrong, and the best one has read a tool result: what the mask is about. */
function isTelling(members: readonly ScoredTrajectory[]): boolean {
  const right = members.filter(({ outcome }) => outcome.success === true);
  return (
    right.length > 0 &&
    right.length < members.length &&
    right.some(({ source }) => source.includes(TOKEN_SOURCE.tool))
  );
}

function exampleRollout(
  trajectory: ScoredTrajectory,
  logprobs: Float32Array,
  tokenText: (id: number) => string,
): ExampleRollout {
  return {
    rollout: trajectory.rollout,
    reward: trajectory.reward,
    correct: trajectory.outcome.success === true,
    answer: trajectory.outcome.answer,
    advantage: trajectory.advantage,
    tokens: trajectory.ids.map((id, t): ExampleToken => {
      const source = SOURCES.find((name) => TOKEN_SOURCE[name] === trajectory.source[t]) ?? 'prompt';
      return {
        text: tokenText(id),
        source,
        advantage: trajectory.tokenAdvantages[t] as number,
        logprob: source === 'prompt' ? null : (logprobs[t] as number),
      };
    }),
  };
}
