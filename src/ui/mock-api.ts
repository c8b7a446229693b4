/**
 * A stand-in for the worker, for developing and testing the page: it plays an invented run, the same for the same
 * settings. Loaded by the development server only, with `?mock=1`; further parameters choose what happens:
 * `speed` (milliseconds per phase), `device` (ok, software, none, broken), `fail` (step at which the run dies),
 * `lost` (step at which the device is lost).
 */
import { strToU8, zipSync } from 'fflate';
import type { EvalSummary, RunEvent, RunPhase, StepMetrics, StopReason } from '../grpo/types';
import { TrainingError } from '../grpo/types';
import { Random } from '../random/philox';
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  baselineLogPath,
  BEST_FOLDER,
  checkpointName,
  checkpointStep,
  CONFIG_FILE,
  evalLogPath,
  FINAL_FOLDER,
  METADATA_FILE,
  METRICS_FILE,
  outputDirs,
} from '../report/run-files';
import type { Settings } from '../settings/settings';
import type { DeviceReport, EvaluationReport, RunResult, TrainerApi } from '../../workers/api';
import { mockAsk, mockMenu } from './mock-ask';
import { mockSkill, mockTrajectories } from './mock-episodes';

type OnEvent = (event: RunEvent) => void;

const DEVICE: Extract<DeviceReport, { ok: true }> = {
  ok: true,
  vendor: 'example',
  architecture: 'mock',
  description: 'Stand-in GPU (nothing is computed)',
  software: false,
  features: ['shader-f16', 'subgroups'],
  maxBufferBytes: 2 ** 31,
};

export function createMockTrainer(parameters: URLSearchParams): TrainerApi {
  const pace = Number(parameters.get('speed') ?? 120);
  const failAt = Number(parameters.get('fail') ?? Infinity);
  const loseAt = Number(parameters.get('lost') ?? Infinity);
  const files = new Map<string, Uint8Array>();
  let paused: Promise<void> | null = null;
  let unpause = (): void => undefined;
  let stopAsked = false;
  let runs = 0;
  let stopsAsking = false;

  const wait = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, pace));
    await paused;
  };

  async function phase(onEvent: OnEvent, name: RunPhase, total: number, note: string): Promise<void> {
    for (let done = 0; done < total; done += Math.max(1, Math.ceil(total / 4))) {
      onEvent({ kind: 'progress', phase: name, done, total, note });
      await wait();
    }
    onEvent({ kind: 'progress', phase: name, done: total, total, note });
  }

  function save(settings: Settings, folder: string, step: number, onEvent: OnEvent): void {
    const path = `${settings.outputDir}/${folder}`;
    files.set(`${path}/${ADAPTER_WEIGHTS}`, strToU8(`stand-in adapter of step ${step}`));
    files.set(`${path}/${ADAPTER_CONFIG}`, strToU8('{"peft_type":"LORA"}'));
    files.set(`${path}/${METADATA_FILE}`, strToU8(JSON.stringify({ step })));
    // As the trainer: the copy of the best is part of its checkpoint's save.
    if (folder !== BEST_FOLDER) onEvent({ kind: 'saved', path: folder, step });
  }

  async function run(settings: Settings, onEvent: OnEvent): Promise<RunResult> {
    const { outputDir, mode, maxSteps } = settings;
    stopAsked = false;
    runs++;
    await phase(onEvent, 'loading', 8, `${settings.model} and ${settings.dataset}`);
    await phase(onEvent, 'compiling', 4, '');
    files.set(`${outputDir}/${CONFIG_FILE}`, strToU8(JSON.stringify(settings)));
    let best: number | null = null;
    const evaluate = async (step: number): Promise<number> => {
      await phase(onEvent, step === 0 ? 'baseline' : 'evaluating', settings.evalDatasetSize, 'questions');
      const summary = mockEvaluation(settings, step, best);
      onEvent({ kind: 'evaluation', summary });
      const log = step === 0 ? baselineLogPath(Date.UTC(2025, 0, 2)) : evalLogPath(step);
      files.set(`${outputDir}/${log}`, strToU8(JSON.stringify({ summary })));
      if (summary.isBest && step > 0) save(settings, BEST_FOLDER, step, onEvent);
      best = Math.max(best ?? 0, summary.accuracy);
      return summary.accuracy;
    };
    const first = settings.resume === 'no' ? 1 : lastStep(files, outputDir) + 1;
    if (settings.runBaselineEval && first === 1) await evaluate(0);
    let lines = new TextDecoder().decode(files.get(`${outputDir}/${METRICS_FILE}`) ?? new Uint8Array());
    let reason: StopReason = 'max-steps';
    let step = first - 1;
    while (step < maxSteps) {
      step++;
      await phase(onEvent, 'rollout', settings.batchSize * settings.numGenerations, 'rollouts');
      if (step === failAt && runs === 1) {
        throw new TrainingError(
          'Step needs 612 MiB for one buffer, the GPU allows 256 MiB. Set microBatchTokens to 2048 or less.',
        );
      }
      if (step === loseAt && runs === 1)
        throw new TrainingError('The GPU device was lost (reason: unknown) during a dispatch.');
      const skill = mockSkill(mode, step, maxSteps);
      const items = mockTrajectories(
        settings.seed,
        step,
        mode,
        skill,
        settings.batchSize,
        settings.numGenerations,
      );
      onEvent({ kind: 'trajectories', step, items });
      await phase(onEvent, 'training', 2, 'micro-batches');
      const metrics = mockMetrics(settings, step, items);
      onEvent({ kind: 'step', metrics });
      lines += `${JSON.stringify(metrics)}\n`;
      files.set(`${outputDir}/${METRICS_FILE}`, strToU8(lines));
      onEvent({ kind: 'log', line: logLine(metrics) });
      if (step === 2)
        onEvent({
          kind: 'warning',
          message: 'Two of three groups had no spread in reward, so little was learned in step 2.',
        });
      if (settings.saveSteps > 0 && step % settings.saveSteps === 0)
        save(settings, checkpointName(step), step, onEvent);
      if (
        settings.evalSteps > 0 &&
        step % settings.evalSteps === 0 &&
        (await evaluate(step)) >= settings.targetAccuracy
      ) {
        reason = 'target-accuracy';
        break;
      }
      if (stopAsked) {
        reason = 'stopped';
        break;
      }
    }
    await phase(onEvent, 'saving', 1, '');
    save(settings, reason === 'stopped' ? checkpointName(step) : FINAL_FOLDER, step, onEvent);
    onEvent({ kind: 'end', reason, step });
    return { reason, step, bestAccuracy: best, outputDir };
  }

  return {
    probe: async () => {
      await wait();
      switch (parameters.get('device')) {
        case 'software':
          return {
            ...DEVICE,
            software: true,
            vendor: 'google',
            architecture: 'swiftshader',
            description: 'SwiftShader Device (invented)',
          };
        case 'none':
          return { ok: false, problem: 'navigator.gpu is not there.', remedy: 'Use a browser with WebGPU.' };
        case 'broken':
          throw new Error('The worker script could not be loaded');
        default:
          return DEVICE;
      }
    },
    reserveRun: async (wanted) => {
      const taken = (dir: string) => [...files.keys()].some((path) => path.startsWith(`${dir}/`));
      for (const dir of outputDirs(wanted)) if (!taken(dir)) return dir;
      throw new TrainingError('There is no end to names.');
    },
    run,
    pause: async () => {
      paused ??= new Promise((resolve) => (unpause = resolve));
      await new Promise((resolve) => setTimeout(resolve, pace));
    },
    resume: async () => {
      paused = null;
      unpause();
    },
    stop: async () => {
      stopAsked = true;
      paused = null;
      unpause();
    },
    evaluate: async (settings, split, _adapter, onEvent) => {
      await phase(onEvent, 'evaluating', 8, 'questions');
      return mockReport(settings, split);
    },
    askMenu: async () => {
      await wait();
      return mockMenu();
    },
    ask: async (_settings, request, adapter, onEvent) => {
      stopsAsking = false;
      return mockAsk(request, adapter !== null, onEvent, async () => {
        await new Promise((resolve) => setTimeout(resolve, pace / 4));
        if (stopsAsking) throw new Error('The conversation was stopped.');
      });
    },
    stopAsking: async () => {
      stopsAsking = true;
    },
    exportAdapter: async (outputDir, which) => {
      const prefix = `${outputDir}/${which}/`;
      const entries = [...files].filter(([path]) => path.startsWith(prefix));
      if (entries.length === 0)
        throw new TrainingError(`There is no adapter ${prefix} in the browser's storage.`);
      const zip = Object.fromEntries(entries.map(([path, bytes]) => [path.slice(prefix.length), bytes]));
      return zipSync({
        ...zip,
        [METRICS_FILE]: files.get(`${outputDir}/${METRICS_FILE}`) ?? new Uint8Array(),
      });
    },
    listFiles: async (prefix) => [...files.keys()].filter((path) => path.startsWith(prefix)).sort(),
    readFile: async (path) => files.get(path) ?? null,
    removeFiles: async (prefix) => {
      for (const path of files.keys()) if (path.startsWith(prefix)) files.delete(path);
    },
    writeFile: async (path, bytes) => {
      files.set(path, bytes);
    },
    importMailbox: async (picked) => {
      await wait();
      const good = picked.filter((file) => /\.(eml|jsonl|mbox)$/i.test(file.path));
      return {
        files: picked.length,
        messages: good.filter((file) => !file.path.endsWith('.jsonl')).length,
        questions: good.filter((file) => file.path.endsWith('.jsonl')).length * 12,
        rejected: picked
          .filter((file) => !good.includes(file))
          .map((file) => ({ source: file.path, reason: 'is neither mail nor questions.' })),
      };
    },
    verify: async () => [],
  };
}

function lastStep(files: ReadonlyMap<string, Uint8Array>, outputDir: string): number {
  let last = 0;
  for (const path of files.keys()) {
    if (!path.startsWith(`${outputDir}/`)) continue;
    last = Math.max(last, checkpointStep(path.slice(outputDir.length + 1).split('/')[0] ?? '') ?? 0);
  }
  return last;
}

function mockMetrics(
  settings: Settings,
  step: number,
  items: ReturnType<typeof mockTrajectories>,
): StepMetrics {
  const random = new Random(settings.seed, 'mock-metrics', step);
  const rewards = items.map((item) => item.reward);
  const rewardMean = rewards.reduce((a, b) => a + b, 0) / rewards.length;
  const totalTokens = items.reduce((sum, item) => sum + item.tokens.length, 0);
  const trainableTokens = items.reduce((sum, item) => sum + item.lossMask.reduce((a, b) => a + b, 0), 0);
  const byGroup = new Map<number, boolean[]>();
  for (const item of items) byGroup.set(item.group, [...(byGroup.get(item.group) ?? []), item.correct]);
  const groups = [...byGroup.values()];
  const done = step / settings.maxSteps;
  const forestTokens = Math.round(totalTokens * (0.42 - 0.24 * done + 0.04 * random.uniform()));
  const drift = settings.mode === 'rollout' ? 0.9 : 0.08;
  const policyLoss = 0.06 * (random.uniform() - 0.55);
  const kl = drift * (1 - Math.exp(-3 * done)) * (0.85 + 0.3 * random.uniform());
  return {
    step,
    maxSteps: settings.maxSteps,
    mode: settings.mode,
    loss: policyLoss + settings.beta * kl,
    policyLoss,
    kl,
    entropy: 0.62 * Math.exp(-1.6 * done) + 0.05 * random.uniform(),
    rewardMean,
    rewardStd: Math.sqrt(rewards.reduce((a, b) => a + (b - rewardMean) ** 2, 0) / rewards.length),
    rewardMin: Math.min(...rewards),
    rewardMax: Math.max(...rewards),
    accuracy: items.filter((item) => item.correct).length / items.length,
    clipFraction: 0.02 * random.uniform(),
    gradNorm: 0.4 + 0.5 * random.uniform(),
    firstRatioError: 2e-6,
    learningRate: settings.learningRate,
    meanLevel: 1.8,
    groups: groups.length,
    groupsResampled: 0,
    groupsKept: new Set(items.filter((item) => item.kept).map((item) => item.group)).size,
    groupsAllRight: groups.filter((group) => group.every((right) => right)).length,
    groupsAllWrong: groups.filter((group) => group.every((right) => !right)).length,
    trainableTokens,
    totalTokens,
    trainableRatio: trainableTokens / totalTokens,
    forestTokens,
    forestRatio: forestTokens / totalTokens,
    meanTurns: 2.9,
    toolCalls: items.length * 3,
    toolErrors: 1,
    truncatedResults: 0,
    truncatedRollouts: 0,
    idkRate: 0.08,
    gpuBytes: 180 * 2 ** 20,
    rolloutSeconds: 1.6 + 0.4 * random.uniform(),
    trainSeconds: 1.1 + 0.2 * random.uniform(),
    tokensPerSecond: 2900 + 500 * random.uniform(),
  };
}

function mockEvaluation(settings: Settings, step: number, best: number | null): EvalSummary {
  const random = new Random(settings.seed, 'mock-evaluation', step);
  const questions = settings.evalDatasetSize;
  const share = Math.min(
    0.93,
    mockSkill(settings.mode, step, settings.maxSteps) + 0.08 * (random.uniform() - 0.5),
  );
  const correctAnswers = Math.round(share * questions);
  const accuracy = correctAnswers / questions;
  return {
    step,
    isBaseline: step === 0,
    split: 'validation',
    questions,
    accuracy,
    correctAnswers,
    attemptedAnswer: Math.min(questions, correctAnswers + Math.round(0.2 * (questions - correctAnswers) + 1)),
    foundCorrectEmail: Math.min(questions, correctAnswers + 2),
    readCorrectEmail: Math.min(questions, correctAnswers + 1),
    avgReward: 2.4 * accuracy - 0.6,
    medianReward: accuracy > 0.5 ? 1.7 : -0.4,
    stdReward: 0.9,
    minReward: -0.8,
    maxReward: 1.9,
    avgTurnsCorrect: 2.9,
    numIdk: Math.round(0.1 * (questions - correctAnswers)),
    beatRate: step === 0 ? null : 0.8,
    seconds: 4,
    isBest: accuracy > (best ?? -1),
  };
}

function mockReport(settings: Settings, split: 'validation' | 'test'): EvaluationReport {
  const summary: EvalSummary = { ...mockEvaluation(settings, settings.maxSteps, null), split };
  const items = mockTrajectories(settings.seed, 9999, settings.mode, 0.85, 6, 1);
  return {
    split,
    questions: items.length,
    sampledAccuracy: items.filter((item) => item.correct).length / items.length,
    greedyAccuracy: 1,
    reward: 1.3,
    rubric: {},
    sampled: summary,
    greedy: summary,
    perQuestion: items.map((item) => ({
      id: item.questionId,
      question: item.question,
      gold: item.goldAnswer,
      sampled: item.answer,
      sampledCorrect: item.correct,
      greedy: item.goldAnswer,
      greedyCorrect: true,
      reward: item.reward,
    })),
  };
}

function logLine(m: StepMetrics): string {
  const share = (100 * m.trainableRatio).toFixed(1);
  return `Step ${m.step}/${m.maxSteps} | Loss ${m.loss?.toFixed(4)} | Policy ${m.policyLoss?.toFixed(4)} | KL ${m.kl?.toFixed(4)} | Reward ${m.rewardMean.toFixed(3)} | Acc ${(100 * (m.accuracy ?? 0)).toFixed(1)}% | Trainable tokens: ${m.trainableTokens}/${m.totalTokens} (${share}%)`;
}
