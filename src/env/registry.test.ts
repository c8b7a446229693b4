import { describe, expect, it } from 'vitest';
import { sampleStep } from '../grpo/dynamic-sampling';
import { stepMetrics } from '../grpo/metrics';
import { rewardMetric } from '../report/metrics';
import { checkSettings } from '../settings/resolve';
import { defaultSettings, presetSettings, settingsSchema } from '../settings/schema';
import { CORE_TABLE } from '../settings/table';
import { valueProblem } from '../settings/values';
import { toyRun, toyTasks } from '../../tests/support/toy-run';
import { EnvironmentError } from './errors';
import {
  addEnvironment,
  knownEnvironments,
  isKnown,
  ENVIRONMENTS,
  environmentInfo,
  isBuiltIn,
} from './registry';
import { loadEnvironment } from './load';

/** Names of the core's fields of a step's record. */
async function coreMetrics(): Promise<string[]> {
  const { deps, settings } = toyRun();
  const batch = await sampleStep(deps, toyTasks(4, 't'), 1, settings);
  const facts = { step: 1, maxSteps: 1, mode: settings.mode, batchSize: settings.batchSize, learningRate: 1 };
  const record = stepMetrics({
    ...{ ...facts, batch, update: null, table: {}, gpuBytes: 0, rolloutSeconds: 1, trainSeconds: 1 },
  });
  return Object.keys(record).filter((name) => !name.startsWith(rewardMetric('')));
}

// Loaded before any test: else what their modules hold would count as covered by whichever test is first, and mutants of
// it would seem to survive.
await Promise.all(ENVIRONMENTS.map(({ id }) => loadEnvironment(id)));

describe('the built-in environments', () => {
  const ids = ENVIRONMENTS.map(({ id }) => id);

  it('have ids of their own, the default first', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toBe(CORE_TABLE.environment.default);
  });

  it.each(ids)('%s is found by its id and loads as what is said of it', async (id) => {
    expect(isBuiltIn(id)).toBe(true);
    const environment = await loadEnvironment(id);
    expect(environment).toMatchObject(environmentInfo(id));
    expect(environment.open).toBeTypeOf('function');
  });

  it.each(ids)(
    '%s has settings that collide with none of the core and defaults that obey the rules',
    (id) => {
      const info = environmentInfo(id);
      const schema = settingsSchema(info);
      for (const [key, { default: value, rule }] of Object.entries(schema.table)) {
        expect(valueProblem(rule, value, key)).toBeNull();
      }
      for (const key of Object.keys(info.defaults ?? {})) expect(CORE_TABLE).toHaveProperty(key);
      for (const name of Object.keys(schema.presets)) {
        expect(() => checkSettings(presetSettings(schema, name), schema)).not.toThrow();
      }
      expect(() => checkSettings({ ...defaultSettings(schema), environment: id }, schema)).not.toThrow();
    },
  );

  it.each(ids)('%s records metrics in steps under names that nothing else has', async (id) => {
    const names = Object.values(environmentInfo(id).metrics).flatMap(({ inSteps }) => inSteps ?? []);
    expect(new Set(names).size).toBe(names.length);
    const core = await coreMetrics();
    expect(core).toContain('rewardMean');
    expect(names.filter((name) => core.includes(name) || name.startsWith(rewardMetric('')))).toEqual([]);
  });

  it.each(ids)('%s says every metric and reward in words', (id) => {
    const { title, description, metrics, rewards } = environmentInfo(id);
    const texts = [
      ...[title, description, ...Object.values(rewards).map(({ label }) => label)],
      ...Object.values(metrics).flatMap((metric) => [metric.label, metric.description]),
    ];
    for (const text of texts) expect(text.trim()).not.toBe('');
  });

  it.each(['nothing', '', 'toString', './mine.ts'])('there is none of the id %j', (id) => {
    expect(isBuiltIn(id)).toBe(false);
    for (const ask of [environmentInfo, loadEnvironment]) {
      expect(() => ask(id)).toThrow(EnvironmentError);
      expect(() => ask(id)).toThrow(ids.join(', '));
    }
  });
});

it('a user’s file is known by its name, the last one given under it', async () => {
  const of = (title: string) => ({ ...environmentInfo('rows'), id: 'mine', title });
  for (const title of ['First', 'Second']) {
    const info = of(title);
    addEnvironment('./mine.ts', info, async () => ({ ...(await loadEnvironment('rows')), ...info }));
  }
  expect([isKnown('./mine.ts'), isBuiltIn('./mine.ts'), isKnown('mine')]).toEqual([true, false, false]);
  expect((await loadEnvironment('./mine.ts')).title).toBe('Second');
  expect(knownEnvironments().at(-1)).toMatchObject({ name: './mine.ts', info: { title: 'Second' } });
  expect(() => addEnvironment('mail', of('x'), () => loadEnvironment('rows'))).toThrow(EnvironmentError);
});
