import { mailInfo } from '../env/mail/info';
import { describe, expect, it } from 'vitest';
import type { TrainerApi } from '../../workers/api';
import { loadRun, storedRuns } from './runs';
import { parseEvaluations, parseMetrics } from '../report/records';
import { evaluationOf, metricsOf, settingsOf } from '../../tests/support/records';

const PATHS = [
  'outputs/a/best_model/adapter_model.safetensors',
  'outputs/a/checkpoint-10/adapter_model.safetensors',
  'outputs/a/checkpoint-9/adapter_model.safetensors',
  'outputs/a/config.json',
  'outputs/a/eval_logs/eval_step_0005.json',
  'outputs/a/metrics.jsonl',
  'outputs/b/final/adapter_model.safetensors',
  'outputs/b/final/metrics.jsonl',
  'stray.txt',
];

describe('stored runs', () => {
  it('are found with their adapters in order', () => {
    expect(storedRuns(PATHS)).toEqual([
      {
        outputDir: 'outputs/a',
        adapters: ['best_model', 'checkpoint-10', 'checkpoint-9'],
        hasMetrics: true,
        unfinished: true,
      },
      { outputDir: 'outputs/b', adapters: ['final'], hasMetrics: false, unfinished: false },
    ]);
  });
});

describe('reading them back', () => {
  const line = (step: number, rewardMean = 1) => JSON.stringify(metricsOf(step, { rewardMean }));

  it('survives half a line and takes the later of two lines of a step', () => {
    const text = `${line(1)}\n${line(2, 5)}\n${line(2, 6)}\n\n{"step":3,"rew`;
    expect(parseMetrics(text).map((m) => [m.step, m.rewardMean])).toEqual([
      [1, 1],
      [2, 6],
    ]);
    expect(parseMetrics('[1]\nnull\n{"other":1}')).toEqual([]);
  });

  it('reads summaries bare, inside a log, or one per line', () => {
    const one = evaluationOf(3);
    expect(parseEvaluations(JSON.stringify(one))).toEqual([one]);
    expect(parseEvaluations(JSON.stringify({ summary: one, accuracy: 1 }))).toEqual([one]);
    expect(parseEvaluations(`${JSON.stringify(one)}\n${JSON.stringify(one)}`)).toEqual([one, one]);
    expect(parseEvaluations('broken')).toEqual([]);
  });

  it('reads counts of earlier versions as means', () => {
    const common = Object.fromEntries(
      Object.entries(evaluationOf(3)).filter(([key]) => key !== 'metrics' && key !== 'rewards'),
    );
    const older = { ...common, attemptedAnswer: 6, foundCorrectEmail: 5, readCorrectEmail: 4, numIdk: 1 };
    expect(parseEvaluations(JSON.stringify(older), mailInfo.earlierCounts)).toMatchObject([
      {
        accuracy: 0.4,
        metrics: {
          attempted_answer: 0.6,
          ever_found_right_email: 0.5,
          ever_read_right_email: 0.4,
          returned_i_dont_know: 0.1,
        },
        rewards: {},
      },
    ]);
    expect(parseEvaluations(JSON.stringify(common))).toMatchObject([{ metrics: {}, rewards: {} }]);
  });

  it('puts a run together from its files', async () => {
    const settings = settingsOf({ outputDir: 'outputs/a' });
    const files: Record<string, string> = {
      'outputs/a/metrics.jsonl': `${line(1)}\n`,
      'outputs/a/config.json': JSON.stringify(settings),
      'outputs/a/eval_logs/eval_step_0005.json': JSON.stringify({ summary: evaluationOf(5) }),
    };
    const api = {
      readFile: (path: string) =>
        Promise.resolve(path in files ? new TextEncoder().encode(files[path]) : null),
    } as unknown as TrainerApi;
    const record = await loadRun(api, 'outputs/a', PATHS);
    expect(record?.settings).toEqual(settings);
    expect(record?.steps).toHaveLength(1);
    expect(record?.evaluations.map((e) => e.step)).toEqual([5]);
    expect(record?.finished).toBe(false);
    expect(record).not.toHaveProperty('warmStart');
    expect(await loadRun(api, 'outputs/b', PATHS)).toBeNull();

    // Stopped in its warm start: there is a curve, and no step yet.
    const warm = (step: number, loss: number) => JSON.stringify({ step, loss, trainedTokens: 5, seconds: 1 });
    files['outputs/c/warm_start.jsonl'] = `${warm(-2, 4)}\n${warm(-1, 3)}\n${warm(-1, 2)}\n`;
    const stopped = await loadRun(api, 'outputs/c', []);
    expect(stopped?.steps).toEqual([]);
    expect(stopped?.warmStart?.map(({ step, loss }) => [step, loss])).toEqual([
      [-2, 4],
      [-1, 2],
    ]);
    expect(storedRuns(Object.keys(files)).find((run) => run.outputDir === 'outputs/c')?.hasMetrics).toBe(
      true,
    );
  });
});

it('runs are in the order of their numbers', () => {
  const files = ['o/run-10', 'o/run-2', 'o/run'].map((dir) => `${dir}/final/adapter_config.json`);
  expect(storedRuns(files).map(({ outputDir }) => outputDir)).toEqual(['o/run', 'o/run-2', 'o/run-10']);
});
