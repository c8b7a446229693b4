import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mailInfo } from '../../src/env/mail/info';
import { fakeQuestion } from '../../tests/support/mail';
import { groupRequests, rollOut } from '../../src/grpo/rollout';
import { scoreBatch } from '../../src/grpo/scoring';
import { toyTasks, toyRun } from '../../tests/support/toy-run';
import type { EvaluationReport } from '../../src/run/types';
import { LearningData } from './data';
import { measureGroup } from './gradient-parts';
import { REPOSITORY } from '../runtime/page';
import { runJobs, type Job } from '../runs/jobs';
import { scoreOf } from './scores';
import { fakeRun, fakeSettings, writeFiles } from './testing';
import { changedSettings } from '../runs/changed';
import { makeTrial } from './trials';
import { readOptions } from './options';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailgym-compare-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the gradient of a group', () => {
  async function group(lossType: 'dapo' | 'grpo') {
    const { deps, policy, settings } = toyRun({ lossType, numGenerations: 16, minGroupStd: 0 });
    const trajectories = await rollOut(deps, groupRequests(toyTasks(1, 't'), 16, 1), {
      params: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 3 },
      maxTurns: 3,
      maxTokens: 4,
      maxSeqLength: 24,
    });
    const batch = scoreBatch(trajectories, settings, deps.rewardWeights);
    return { measured: await measureGroup(policy, batch.trajectories, settings), policy, batch };
  }

  test('falls into a sampled and a tool part', async () => {
    const { measured, batch } = await group('dapo');
    const { gradients: g } = measured;
    expect(g.toolTokens).toBeGreaterThan(0);
    expect(g.right).toBe(batch.trajectories.filter((t) => t.outcome.success).length);
    // With dapo the sampled part is the masked gradient, scaled by the share of sampled tokens.
    expect(g.sampled / g.masked).toBeCloseTo(g.sampledTokens / (g.sampledTokens + g.toolTokens), 4);
    // |s + t|² = |s|² + |t|² + 2 s·t
    expect(g.whole ** 2).toBeCloseTo(g.sampled ** 2 + g.tool ** 2 + 2 * g.sampled * g.tool * g.maskedTool, 6);
    expect(g.maskedWhole).toBeCloseTo((g.sampled + g.tool * g.maskedTool) / g.whole, 4);
  });

  test('agrees with the log-probs of sampling, and leaves no gradient behind', async () => {
    const { measured, policy, batch } = await group('grpo');
    batch.trajectories.forEach(({ source, logprobs }, i) => {
      source.forEach((kind, t) => {
        if (kind === 1) expect(measured.logprobs[i]?.[t]).toBeCloseTo(logprobs[t] as number, 4);
      });
    });
    expect(measured.gradients.toolLogprob).toBeLessThan(0);
    const [left] = [...(await policy.readGradients()).values()];
    expect(left?.data.every((value) => value === 0)).toBe(true);
  });
});

test('an evaluation is counted by family and level', () => {
  const row = (id: string, sampledCorrect: boolean, greedyCorrect: boolean) => ({
    id,
    sampledCorrect,
    greedyCorrect,
  });
  const report = {
    split: 'test',
    questions: 3,
    reward: 0.5,
    metrics: { returned_i_dont_know: 1 / 3, attempted_answer: 2 / 3 },
    perQuestion: [row('a', true, true), row('b', false, true), row('c', true, false)],
  } as unknown as EvaluationReport;
  const questions = new Map([
    ['a', fakeQuestion({ id: 'a', family: 'single', level: 2 })],
    ['b', fakeQuestion({ id: 'b', family: 'single', level: 2 })],
    ['c', fakeQuestion({ id: 'c', family: 'latest', level: 1 })],
  ]);
  expect(scoreOf(report, questions)).toMatchObject({ sampledRight: 2, greedyRight: 2, idk: 1, attempted: 2 });
  expect(scoreOf(report, questions).cells).toEqual([
    { family: 'latest', level: 1, questions: 1, sampledRight: 1, greedyRight: 0 },
    { family: 'single', level: 2, questions: 2, sampledRight: 1, greedyRight: 2 },
  ]);
});

describe('jobs', () => {
  const job = (name: string, script: string, done: () => void): Job => {
    const file = join(folder, `${name}.cjs`);
    writeFileSync(file, script);
    return { name, script: relative(REPOSITORY, file), args: [], done };
  };

  test('a failed one is named and does not end the others', async () => {
    const lines: string[] = [];
    const done: string[] = [];
    const jobs = [
      job('bad', 'console.error("broken"); process.exit(3);', () => done.push('bad')),
      job('good', 'console.log("hello");', () => done.push('good')),
    ];
    await expect(runJobs(jobs, 1, (line) => lines.push(line))).rejects.toThrow(
      '1 of 2 jobs failed: bad (status 3)',
    );
    expect(lines).toEqual(expect.arrayContaining(['[bad] broken', '[good] hello']));
    expect(done).toEqual(['good']);
  });
});

describe('data on disk', () => {
  test('comes back as it was, and only what the index names', () => {
    const data = new LearningData(folder);
    const run = fakeRun('masked', 1, 0.9);
    data.writeRun(run);
    data.writeRun(fakeRun('masked', 2, 0.9));
    data.writeIndex(['masked-1']);
    expect(data.read('mail')).toEqual({
      environment: mailInfo,
      runs: [run],
      start: null,
      example: null,
      trials: [],
    });
  });

  test('trials are added, and replaced by name', () => {
    const data = new LearningData(folder);
    const trial = {
      name: 'a',
      changed: {},
      seeds: [1],
      questions: 8,
      sampled: [0.5],
      greedy: [0.6],
      note: '',
    };
    data.writeTrial(trial);
    data.writeTrial({ ...trial, name: 'b' });
    data.writeTrial({ ...trial, note: 'again' });
    expect(data.readTrials().map(({ name, note }) => name + note)).toEqual(['aagain', 'b']);
    writeFileSync(join(folder, 'trials.json'), JSON.stringify({ trials: [{ ...trial, greedy: [1, 2] }] }));
    expect(() => data.readTrials()).toThrow('entry 1 has not one greedy value per seed');
  });

  test('nothing to report is an error that says so', () => {
    expect(() => new LearningData(folder).read('mail')).toThrow('holds no data of a comparison');
  });
});

describe('trials', () => {
  test('name the settings that differ from the defaults', () => {
    expect(changedSettings(fakeSettings({ beta: 0.5, seed: 9, mode: 'rollout', outputDir: 'x' }))).toEqual({
      beta: 0.5,
      mode: 'rollout',
    });
  });

  test('take finished folders of one variation only', async () => {
    const trial = async (from: string[]) =>
      makeTrial(
        await readOptions([]),
        { name: 't', note: '', from },
        () => Promise.reject(new Error('no device')),
        () => undefined,
      );
    const a = join(folder, 'a');
    const b = join(folder, 'b');
    writeFiles(a, { 'config.json': fakeSettings({ seed: 1 }) });
    await expect(trial([a])).rejects.toThrow('not the folder of a finished run');
    for (const [run, beta] of [
      [a, 0],
      [b, 1],
    ] as const) {
      writeFiles(run, { 'config.json': fakeSettings({ beta }), 'final/metadata.json': {} });
    }
    await expect(trial([a, b])).rejects.toThrow('differ in more than their seed');
  });
});
