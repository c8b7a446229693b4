import { describe, expect, it } from 'vitest';
import { toyRun, toyTasks } from '../../tests/support/toy-run';
import { sampleStep } from '../grpo/dynamic-sampling';
import { stepMetrics } from '../grpo/metrics';
import type { StepMetrics } from '../grpo/types';
import { stepLine } from './console';
import { EVALUATION_METRICS, REPORT_METRICS } from './evaluation-metrics';
import { consoleText, metricText, rangeOf, type MetricEntry } from './metric-info';
import {
  CLOCK_FIELDS,
  environmentMetrics,
  metricsOf,
  metricValue,
  rewardMetric,
  rewardMetrics,
  STEP_METRICS,
  WARM_START_METRICS,
} from './metrics';

const environment = {
  metrics: {
    found: { label: 'found it', unit: 'share', description: 'It was found.', inSteps: 'foundRate' },
    tried: { label: 'tried', unit: 'count', description: 'Only in evaluations.' },
  },
  rewards: { right: { label: 'Right answer' }, brief: { label: 'Brief' } },
} as const;

async function record(): Promise<StepMetrics> {
  const { deps, settings } = toyRun();
  const batch = await sampleStep(deps, toyTasks(4, 't'), 1, settings);
  return stepMetrics({
    ...{ step: 1, maxSteps: 5, mode: settings.mode, batchSize: settings.batchSize, learningRate: 1 },
    ...{ batch, update: null, table: {}, gpuBytes: 0, rolloutSeconds: 1, trainSeconds: 1 },
  });
}

describe('the table of metrics', () => {
  it('tells all that a step records, in its order', async () => {
    const names = Object.keys(await record()).filter((name) => !name.startsWith(rewardMetric('')));
    expect(Object.keys(STEP_METRICS)).toEqual(names);
  });

  it('has a label and a whole sentence for each', () => {
    const entries: MetricEntry[] = [
      STEP_METRICS,
      WARM_START_METRICS,
      EVALUATION_METRICS,
      REPORT_METRICS,
    ].flatMap((table) => Object.values<MetricEntry>(table));
    for (const { label, caption, reading = 'None.' } of entries) {
      expect(label).toMatch(/^[A-Z9p]/);
      expect(caption).toMatch(/^[A-Z].*\.$/);
      expect(reading).toMatch(/\.$/);
    }
  });

  it('marks the fields of the clock', () => {
    expect(CLOCK_FIELDS).toEqual(['gpuBytes', 'rolloutSeconds', 'trainSeconds', 'tokensPerSecond']);
  });
});

describe('metricsOf', () => {
  it('joins the core, what the environment records in steps, and the parts of its reward', () => {
    const names = metricsOf(environment).map(({ name }) => name);
    expect(names).toEqual([...Object.keys(STEP_METRICS), 'foundRate', 'rewards/right', 'rewards/brief']);
  });

  it('takes label, unit and caption from the environment', () => {
    expect(environmentMetrics(environment)).toEqual([
      { name: 'foundRate', label: 'Found it', short: 'found it', unit: 'share', caption: 'It was found.' },
    ]);
    expect(rewardMetrics(environment, ['brief', 'own'])).toMatchObject([
      { name: 'rewards/brief', label: 'Brief', unit: 'reward' },
      { name: 'rewards/own', label: 'own', unit: 'reward' },
    ]);
  });
});

it('reads a number of a step, where it is there', async () => {
  const step = await record();
  expect(metricValue(step, 'maxSteps')).toBe(5);
  for (const name of ['mode', 'loss', 'unknown']) expect(metricValue(step, name)).toBeNull();
});

it('knows ranges by unit, unless an entry has its own', () => {
  expect(rangeOf({ unit: 'share' })).toEqual([0, 1]);
  expect(rangeOf({ unit: 'none', range: [1, 1] })).toEqual([1, 1]);
  expect(rangeOf({ unit: 'reward' })).toBeUndefined();
});

describe('values', () => {
  it.each([
    [0.25, 'share', '25 %'],
    [2, 'seconds', '2.00 s'],
    [1.5, 'count', '1.50'],
    [12, 'whole', '12'],
    [-0.5, 'reward', '−0.50'],
    [2048, 'bytes', '2.0 KiB'],
    [3000, 'tokens per second', '3000'],
    [null, 'share', '–'],
    [undefined, 'whole', '–'],
  ] as const)('%s as %s is %s', (value, unit, text) => {
    expect(metricText(value, unit)).toBe(text);
  });

  it('have fixed digits on the console', () => {
    expect(consoleText(0.125, 'share', 1)).toBe('12.5%');
    expect(consoleText(-0.5, 'none', 4)).toBe('-0.5000');
    expect(consoleText(null, 'share', 1)).toBe('n/a');
  });
});

it("writes the console's line of a step in the wording of the original system", async () => {
  const step = { ...(await record()), loss: -0.06171, policyLoss: 0.5, kl: 0, rewardMean: -0.6915 };
  const line = stepLine({
    ...step,
    accuracy: 0.25,
    trainableTokens: 94,
    totalTokens: 499,
    trainableRatio: 94 / 499,
  });
  expect(line).toBe(
    'Step 1/5 | Loss -0.0617 | Policy 0.5000 | KL 0.0000 | Reward -0.692 | Acc 25.0% | Trainable tokens: 94/499 (18.8%)',
  );
  expect(stepLine({ ...step, kl: null })).toContain('| KL n/a |');
});
