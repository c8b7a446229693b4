import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConversations } from '../../src/conversation/read';
import { tasksOfStep } from '../../src/grpo/schedule';
import { schemaNear } from '../../src/env/settings';
import { resolveSettings } from '../../src/settings/resolve';
import type { Settings } from '../../src/settings/settings';
import { addEnvironmentFile } from '../runtime/environment-file';
import { nodeFiles } from '../runtime/node-platform';
import { openToServe } from '../serve-environment/open';
import { grpoArguments, unlike } from './config';
import { writeTrlFolder } from './write';

const base = mkdtempSync(join(tmpdir(), 'mailgym-trl-'));
afterAll(() => rmSync(base, { recursive: true }));

async function runOf(name: string, values: Readonly<Record<string, unknown>>) {
  const environment = String(values['environment']);
  await addEnvironmentFile(environment);
  const { settings } = resolveSettings({ values }, schemaNear(environment));
  const run = join(base, name);
  mkdirSync(run);
  writeFileSync(join(run, 'config.json'), JSON.stringify(settings));
  const out = join(base, `${name}-trl`);
  const lines = await writeTrlFolder({ run, which: null, model: null, out });
  const read = (file: string) => JSON.parse(readFileSync(join(out, file), 'utf8')) as Record<string, unknown>;
  return { settings, run, out, lines, read };
}

test("a folder of the mail environment: the run's tasks in its order, the model, an expert's conversations", async () => {
  const values = {
    environment: 'mail',
    maxSteps: 3,
    batchSize: 2,
    trainDatasetSize: 8,
    warmStartEpisodes: 4,
  };
  const { settings, out, read } = await runOf('mail', values);
  const run = read('run.json');
  const opened = await openToServe(nodeFiles(), settings, () => undefined);
  const { train } = opened.served.tasks;
  const asked = [1, 2, 3].flatMap((step) => tasksOfStep(train, step, settings)).map(({ id }) => id);
  opened.dispose();
  expect((run['order'] as number[]).map((place) => train[place]?.id)).toEqual(asked);
  expect(run).toMatchObject({
    model: 'base',
    adapter: null,
    steps: 3,
    rollouts: 2 * settings.numGenerations,
  });
  expect(run['response_template']).toMatchObject({ start_anchor: '<|assistant|>' });
  expect(read('base/config.json')).toMatchObject({
    model_type: 'llama',
    mailgym: { promptStyle: 'compact' },
  });
  const text = readFileSync(join(out, 'warm-start.jsonl'), 'utf8');
  expect(text.trim().split('\n')).toHaveLength(4);
  const { conversations } = readConversations(text, { file: 'warm-start.jsonl' });
  expect(conversations[0]?.messages.at(-2)).toMatchObject({
    role: 'assistant',
    tool_calls: [{ function: { name: 'return_final_answer' } }],
  });
  // The settings of the server are settings, and play the same.
  const served = resolveSettings({ file: read('environment.json') }, schemaNear('mail')).settings;
  expect({ ...served, model: '' }).toEqual({ ...settings, model: '', outputDir: served.outputDir });
});

test("a user's file comes along, and an adapter of the run's is begun with", async () => {
  const { run, out, lines, read } = await runOf('own', {
    ...{ environment: 'docs/examples/countdown.ts', maxSteps: 1, trainDatasetSize: 8, evalDatasetSize: 4 },
  });
  expect(read('environment.json')).toMatchObject({ environment: './countdown.ts', model: './base' });
  expect(readFileSync(join(out, 'countdown.ts'), 'utf8')).toBe(
    readFileSync('docs/examples/countdown.ts', 'utf8'),
  );
  expect(lines.at(-1)).toMatch(/a new adapter, 8 conversations/);
  mkdirSync(join(run, 'final'));
  for (const name of ['adapter_config.json', 'adapter_model.safetensors', 'optimizer.safetensors'])
    writeFileSync(join(run, 'final', name), '{}');
  await writeTrlFolder({ run, which: null, model: null, out });
  expect(read('run.json')['adapter']).toBe('adapter');
  expect(existsSync(join(out, 'adapter', 'adapter_model.safetensors'))).toBe(true);
  expect(existsSync(join(out, 'adapter', 'optimizer.safetensors'))).toBe(false);
  await expect(writeTrlFolder({ run, which: 'best_model', model: null, out })).rejects.toThrow(
    /has no best_model\. Choose another/,
  );
  await expect(writeTrlFolder({ run: base, which: null, model: null, out })).rejects.toThrow(
    /is no run's folder/,
  );
});

test("what TRL's words for the settings are, and what it has no words for", () => {
  const { settings } = resolveSettings({ values: { environment: 'mail' } }, schemaNear('mail'));
  const changed: Settings = { ...settings, learningRate: 0.01, lrSchedule: 'cosine', delta: 2, minP: 0.1 };
  expect(grpoArguments(changed)).toMatchObject({
    ...{ delta: 2, min_p: 0.1, lr_scheduler_type: 'cosine_with_min_lr' },
    lr_scheduler_kwargs: { min_lr_rate: 0.1 },
  });
  expect(grpoArguments({ ...settings, learningRate: 0.01, lrSchedule: 'linear', delta: 0 })).toMatchObject({
    ...{ delta: null, lr_scheduler_type: 'polynomial' },
    lr_scheduler_kwargs: { lr_end: 0.001, power: 1 },
  });
  expect(unlike({ ...settings, minGroupStd: 0, dynamicSampling: 0 })).toEqual([]);
  expect(unlike({ ...settings, minGroupStd: 0, advantage: 'mixed', mode: 'rollout' })).toHaveLength(2);
});
