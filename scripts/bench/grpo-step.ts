/** A whole GRPO step, rollouts and update, on mail and a model of the user's: what both sides of `trl/...` do. */
import { toolMessage } from '../../src/conversation/turn';
import { cutMicroBatches } from '../../src/grpo/micro-batch';
import { groupRequests, rollOut } from '../../src/grpo/rollout';
import { scoreBatch } from '../../src/grpo/scoring';
import { updateOnBatch, type UpdateMetrics } from '../../src/grpo/train-step';
import type { Trajectory } from '../../src/grpo/types';
import { openRun } from '../../src/run/open-run';
import { Session, type RunPlatform } from '../../src/run/session';
import { MemoryStore } from '../../src/run/stores/memory-store';
import { presetSettings } from '../../src/env/settings';
import type { Settings } from '../../src/settings/settings';
import { buildForest } from '../../src/tokens/forest';
import { TOKEN_SOURCE, type TokenId } from '../../src/tokens/types';
import { recordExperts, replay } from './expert-episodes';
import { timed } from './measure';
import { rolloutOptions } from './recorded';
import type { Cost } from './types';

/** How much a step does. */
export interface StepShape {
  readonly questions: number;
  /** Of each question. */
  readonly rollouts: number;
  readonly turns: number;
  /** Sampled in every turn. */
  readonly turnTokens: number;
}

/** What a step is given, by value. Ids by question; results by question and turn, of all turns but the last. */
export interface StepTask {
  readonly model: string;
  readonly prompts: readonly (readonly TokenId[])[];
  readonly results: readonly (readonly (readonly TokenId[])[])[];
  readonly turnTokens: number;
  readonly rollouts: number;
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly string[];
  readonly learningRate: number;
  readonly maxGradNorm: number;
}

export const PHASES = ['sampling', 'scoring', 'update'] as const;
export type Phase = (typeof PHASES)[number];

/** What a step took, in all and by phase. `scoring`: log-probs of the reference and of the policy before the update. */
export interface PhasedStep extends Cost {
  readonly phases: Readonly<Partial<Record<Phase, Cost>>>;
  /** Tokens that went through the layers without a gradient, and with one. */
  readonly forwardTokens: number;
  readonly trainedTokens: number;
}

export interface OurPhasedStep extends PhasedStep {
  readonly metrics: UpdateMetrics;
  readonly trajectories: readonly Trajectory[];
}

export interface OurStep {
  readonly task: StepTask;
  step(): Promise<OurPhasedStep>;
  dispose(): void;
}

/** Room for a prompt of 900 tokens and three turns with real results. */
const CONTEXT = 2048;

/** Opens the model as `npm run train` does, programs compiled, and records what the tools answer to the expert. */
export async function openStep(
  platform: RunPlatform,
  model: string,
  { questions, rollouts, turns, turnTokens }: StepShape,
): Promise<OurStep> {
  const wanted: Settings = {
    ...presetSettings('default'),
    ...{ model, batchSize: questions, numGenerations: rollouts, maxTurns: turns, maxTokens: turnTokens },
    ...{ trainDatasetSize: 4 * questions, evalDatasetSize: 1, maxSeqLength: CONTEXT },
    // As TRL has them by default.
    ...{ beta: 0, learningRate: 1e-6, temperature: 1, topK: 0, topP: 1, minP: 0 },
    // Random text earns nothing, and is cut at the end of its last turn: it trains all the same.
    ...{ minGroupStd: 0, maskTruncated: false },
  };
  const run = await openRun(new Session(platform), wanted, new MemoryStore(), () => undefined);
  const { settings, deps, policy } = run;
  const options = rolloutOptions(settings);
  const episodes = await recordExperts(run, questions, options);
  const { chat: own } = deps;
  // Turns end by length alone, so that both sides sample as many tokens.
  const chat: typeof own = {
    stopIds: [],
    prompt: (messages, tools) => own.prompt(messages, tools),
    continuation: (messages) => own.continuation(messages, false),
    assistantText: (message) => own.assistantText(message),
    encode: (text) => own.encode(text),
    decode: (ids, how) => own.decode(ids, how),
    turnText: (ids) => own.turnText(ids),
    tokenText: (id) => own.tokenText(id),
  };
  const task: StepTask = {
    ...{ model, turnTokens, rollouts },
    prompts: episodes.map(({ opening }) => chat.prompt(opening.messages, opening.tools)),
    results: episodes.map(({ results }) =>
      results.map((ofTurn) => chat.continuation(ofTurn.map(toolMessage), false)),
    ),
    ...{ rank: settings.loraR, alpha: settings.loraAlpha, targets: settings.loraTargets },
    ...{ learningRate: settings.learningRate, maxGradNorm: settings.maxGradNorm },
  };
  const promptTokens = buildForest(task.prompts.map((ids) => ({ ids }))).forest.n;
  const rolloutDeps = { ...deps, chat, start: replay(episodes), rewardWeights: {} };
  const tasks = episodes.map((episode) => episode.task);
  let steps = 0;
  const step: OurStep['step'] = async () => {
    const requests = groupRequests(tasks, rollouts, ++steps);
    let trajectories: readonly Trajectory[] = [];
    let metrics: UpdateMetrics | null = null;
    const sampling = await timed(async () => {
      trajectories = await rollOut(rolloutDeps, requests, options);
    });
    const update = await timed(async () => {
      const rewarded = trajectories.map((one, i) => ({ ...one, reward: i % 2, scorable: true }));
      const batch = scoreBatch(rewarded, settings, {}).trajectories;
      metrics = await updateOnBatch(policy, batch, settings, settings.learningRate);
    });
    if (metrics === null) throw new Error('The step trained nothing.');
    const micro = cutMicroBatches(trajectories, settings.microBatchTokens);
    const forests = micro.map(
      (members) => buildForest(members.map((i) => trajectories[i] as Trajectory)).forest,
    );
    // The last token of a prompt is fed again, as the first of a sequence's own; the last of all is never fed.
    const fed = trajectories.map(({ ids, source }) => ids.length - source.indexOf(TOKEN_SOURCE.sampled));
    return {
      ...{ wall: sampling.wall + update.wall, cpu: sampling.cpu + update.cpu },
      phases: { sampling, update },
      forwardTokens: promptTokens + fed.reduce((a, b) => a + b, 0),
      trainedTokens: forests.reduce((sum, { n }) => sum + n, 0),
      ...{ metrics, trajectories },
    };
  };
  return { task, step, dispose: () => run.dispose() };
}
