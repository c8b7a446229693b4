/** The bytes that a run is told to need, against those that it holds: one GRPO step of a model with random weights. */
import { GpuPolicy } from '../../../src/engine/gpu-policy';
import { planPolicy, type PlannedUse } from '../../../src/engine/plan';
import { streamWeights } from '../../../src/engine/weights/stream';
import { lossConfig } from '../../../src/grpo/loss-config';
import { updateOnBatch } from '../../../src/grpo/train-step';
import type { ScoredTrajectory } from '../../../src/grpo/types';
import { presetSettings } from '../../../src/env/settings';
import { Random } from '../../../src/random/philox';
import type { HostTensors } from '../../../src/formats/tensors';
import { TOKEN_SOURCE } from '../../../src/tokens/types';
import { MODELS } from '../archs';
import { PLANNED_FORMATS, planId } from '../catalog';
import { cpuNow, plainRow } from '../measure';
import { randomStore } from '../random-weights';
import type { Session } from '../session';
import { ADAPTER, LORA } from '../steps';
import { number } from '../table';
import type { Check } from '../types';

/** Short, since large models are slow on software devices; what is held grows with the tokens of a pass. */
const PROMPT = 24;
const SAMPLED = 20;
const ROLLOUTS = 2;
const TOKENS = PROMPT + ROLLOUTS * SAMPLED;
const RATIO_BOUND = 1e-4;

export async function planRows(session: Session): Promise<void> {
  for (const format of PLANNED_FORMATS) {
    if (session.wanted(planId(session.arch, format))) await oneRow(session, format);
  }
}

/** Peaks count from the device's beginning, so a device serves one row. */
async function oneRow(session: Session, baseWeights: (typeof PLANNED_FORMATS)[number]): Promise<void> {
  const { arch, opened, log } = session;
  const { gpu } = opened;
  const config = MODELS[arch];
  const settings = { ...presetSettings('default'), microBatchTokens: TOKENS, beta: 0, learningRate: 1e-4 };
  const params = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 5 };
  const random = new Random(5, 'bench-plan');
  const promptIds = Array.from({ length: PROMPT }, () => random.integer(config.vocabSize));
  const use: PlannedUse = {
    tokens: TOKENS,
    maxSeqLength: PROMPT + SAMPLED,
    loss: lossConfig(settings),
    sampling: { calls: [new Array<number[]>(ROLLOUTS).fill(promptIds)], params: [params], stopIds: [] },
  };
  const plan = await planPolicy(gpu, config, ADAPTER, use, { baseWeights });
  log(`${arch}, ${baseWeights}: ${megabytes(plan.peakBytes)} planned`);
  await gpu.compile(plan.programs);
  const begin = cpuNow();
  const weights = await streamWeights(gpu, config, randomStore(config, 5), baseWeights);
  const loaded = cpuNow();
  log(`weights there after ${number((loaded - begin) / 1000)} CPU s`);
  const policy = new GpuPolicy(gpu, config, weights, ADAPTER, { baseWeights });
  const before = await policy.readAdapter();
  const requests = Array.from({ length: ROLLOUTS }, (_, rollout) => ({
    key: { step: 1, group: 0, rollout },
    promptIds,
  }));
  const sampled = await policy.sample(requests, {
    ...{ params, stopIds: [], maxTurnTokens: SAMPLED, maxSeqLength: PROMPT + SAMPLED },
    onTurn: () => null,
  });
  log(`sampled after ${number((cpuNow() - loaded) / 1000)} CPU s`);
  const batch = sampled.map(({ ids, source, logprobs }, rollout) => ({
    ...{ ids, source, logprobs, group: 0, rollout, kept: true },
    turnOf: Int16Array.from(source, (from) => (from === TOKEN_SOURCE.sampled ? 0 : -1)),
    lossMask: source.map((from) => Number(from === TOKEN_SOURCE.sampled)),
    tokenAdvantages: Float32Array.from(source, () => (rollout % 2 === 0 ? 1 : -1)),
  }));
  // The update reads no more of a trajectory.
  const metrics = await updateOnBatch(
    policy,
    batch as unknown as readonly ScoredTrajectory[],
    settings,
    settings.learningRate,
  );
  const { peakBytes } = gpu.memory;
  const moved = moves(before, await policy.readAdapter());
  const gradNorm = metrics?.gradNorm ?? NaN;
  const ratioError = metrics?.firstRatioError ?? NaN;
  const check: Check = {
    ok: gradNorm > 0 && moved > 0 && ratioError <= RATIO_BOUND,
    what: `gradient norm ${gradNorm.toPrecision(3)}, ${moved} numbers of the adapter moved, firstRatioError ${ratioError.toExponential(1)}`,
  };
  session.emit(
    plainRow({
      id: planId(arch, baseWeights),
      what: `GPU memory of a GRPO step with random weights in ${baseWeights}: how far the plan is from the most that was held`,
      unit: '%',
      ours: 100 * Math.abs(plan.peakBytes / peakBytes - 1),
      check,
      note:
        `planned ${megabytes(plan.peakBytes)} (weights ${megabytes(plan.weights)}, adapter with its moments ${megabytes(plan.trained)}), ` +
        `held ${megabytes(peakBytes)}; ${check.what}; ${ROLLOUTS} rollouts of ${PROMPT} + ${SAMPLED} tokens, LoRA of rank ${LORA.r}; ` +
        `${number((cpuNow() - begin) / 1000)} CPU s in all`,
    }),
  );
  policy.dispose();
  weights.dispose();
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

/** Numbers that are not what they were. */
function moves(before: HostTensors, after: HostTensors): number {
  let count = 0;
  for (const [name, { data }] of after) {
    const old = before.get(name)?.data;
    count += data.reduce((sum, value, i) => sum + Number(value !== old?.[i]), 0);
  }
  return count;
}
