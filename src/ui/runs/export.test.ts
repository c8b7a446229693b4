import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { evaluationOf, metricsOf, recordOf, trajectoryOf } from '../../../tests/support/records';
import { csv, curvesCsv, curvesJson, runZip, trajectoriesJsonl, zipPaths } from './export';

const PATHS = [
  'best_model/adapter_model.safetensors',
  'checkpoint-3/optimizer.safetensors',
  'config.json',
  'eval_logs/eval_step_0003.json',
  'metrics.jsonl',
  'page/label.json',
  'page/log.jsonl',
  'page/trajectories/step-000003.json',
  'rollouts.jsonl',
  'run.lock',
];
const bytes = (text: string) => new TextEncoder().encode(text);

it('without texts nothing of the mail goes out: no trajectory, no log, no row of an evaluation', () => {
  const choice = { texts: false, adapters: false };
  const paths = zipPaths(PATHS, choice);
  expect(paths).toEqual(['config.json', 'eval_logs/eval_step_0003.json', 'metrics.jsonl', 'page/label.json']);
  const log = { summary: evaluationOf(3), accuracy: 1, rows: [{ question: 'Who is SECRET?' }] };
  const files = new Map(
    paths.map((path) => [path, bytes(path.startsWith('eval') ? JSON.stringify(log) : 'x')] as const),
  );
  const zip = unzipSync(runZip(files, choice));
  const text = new TextDecoder().decode(zip['eval_logs/eval_step_0003.json']);
  expect(JSON.parse(text)).toEqual({ summary: evaluationOf(3) });
  // What cannot be read cannot be cleared of texts.
  const damaged = new Map([['eval_logs/eval_step_0003.json', bytes('{"rows": "SECRET')]]);
  expect(new TextDecoder().decode(runZip(damaged, choice))).not.toContain('SECRET');
  const whole = unzipSync(runZip(files, { ...choice, texts: true }));
  expect(new TextDecoder().decode(whole['eval_logs/eval_step_0003.json'])).toContain('SECRET');
});

it('with texts and adapters all but what only going on needs goes out', () => {
  const paths = zipPaths(PATHS, { texts: true, adapters: true });
  expect(PATHS.filter((path) => !paths.includes(path))).toEqual([
    'checkpoint-3/optimizer.safetensors',
    'run.lock',
  ]);
});

it('curves are a table with a line for each step', () => {
  const record = recordOf('outputs/a', {
    steps: [metricsOf(1, { kl: null }), metricsOf(2)],
    evaluations: [evaluationOf(0, { accuracy: 0.25 }), evaluationOf(2)],
  });
  const rows = curvesCsv(record)
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  const head = rows[0] ?? [];
  const column = (name: string) => rows.slice(1).map((row) => row[head.indexOf(name)]);
  expect(column('step')).toEqual(['0', '1', '2']);
  expect(column('kl')).toEqual(['', '', '0.01']);
  expect(column('validation/accuracy')).toEqual(['0.25', '', '0.4']);
  expect(JSON.parse(curvesJson(record))).toMatchObject({
    steps: record.steps,
    evaluations: record.evaluations,
  });
});

it('values with commas, quotes and ends of lines stay one value', () => {
  expect(csv([['a,b', 'c"d', 'e\nf', null, 1]])).toBe('"a,b","c""d","e\nf",,1\r\n');
});

it('trajectories are one JSON object a line', () => {
  const lines = trajectoriesJsonl([{ step: 4, items: [trajectoryOf(), trajectoryOf({ rollout: 1 })] }])
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { step: 4, rollout: 0, question: 'Who?', lossMask: [0, 0, 1, 0, 0, 1] },
    { step: 4, rollout: 1 },
  ]);
});
