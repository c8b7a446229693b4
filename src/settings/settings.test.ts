import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './arguments';
import { settingsMarkdown } from './markdown';
import { editDistance, nearestName } from './nearest';
import { ENVIRONMENTS } from '../env/registry';
import { presetSettings, schemaOf } from '../env/settings';
import { checkSettings as check, resolveSettings as resolve, type SettingsSources } from './resolve';
import { settingInfo } from './schema';
import type { Settings } from './settings';
import { CORE_TABLE } from './table';
import { SETTING_GROUPS } from './setting-info';
import { readText, SettingsError, valueProblem, writeText } from './values';

const SCHEMA = schemaOf('mail');
const resolveSettings = (sources: SettingsSources) => resolve(sources, SCHEMA);
const checkSettings = (settings: Settings) => check(settings, SCHEMA);

/** Message of the SettingsError that the call must throw. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('table', () => {
  test('has the keys of Settings, in both directions', () => {
    // A key missing here or there is a compile error (SettingsTable is a mapped type); this guards the source text.
    const source = readFileSync(new URL('./settings.ts', import.meta.url), 'utf8');
    const body = source.slice(
      source.indexOf('export type CoreSettings = {'),
      source.indexOf('export type Settings ='),
    );
    const names = [...body.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]);
    expect(Object.keys(CORE_TABLE).sort()).toEqual(names.sort());
  });

  test('every default obeys its own rule, every text survives reading and writing', () => {
    for (const key of SCHEMA.keys) {
      const info = settingInfo(SCHEMA, key);
      expect(valueProblem(info.rule, info.default, key)).toBeNull();
      expect(readText(info.rule, writeText(info.default))).toEqual(info.default);
      expect(SETTING_GROUPS).toContain(info.group);
    }
  });

  test("the original system's variables are all there, each once", () => {
    const names = SCHEMA.keys.map((key) => settingInfo(SCHEMA, key).env).filter((name) => name !== undefined);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        ...[
          'MODEL_NAME',
          'TRAIN_DATASET_SIZE',
          'EVAL_DATASET_SIZE',
          'MAX_STEPS',
          'LEARNING_RATE',
          'NUM_GENERATIONS',
        ],
        ...[
          'PER_DEVICE_TRAIN_BATCH_SIZE',
          'BETA',
          'MAX_TURNS',
          'MAX_TOKENS',
          'OUTPUT_DIR',
          'SEED',
          'VERBOSE',
        ],
        ...['RUN_BASELINE_EVAL', 'MAX_GRAD_NORM', 'TARGET_ACCURACY', 'EVAL_STEPS', 'SAVE_STEPS', 'PATIENCE'],
        ...['MIN_GROUP_STD', 'TEMPERATURE', 'MAX_SEQ_LENGTH', 'WARMUP_STEPS'],
      ]),
    );
  });

  test('docs/settings.md is current', () => {
    const file = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
    expect(file, 'run `npm run docs:settings`').toBe(settingsMarkdown(ENVIRONMENTS));
  });
});

describe('presets', () => {
  test.each(Object.keys(SCHEMA.presets))('%s is allowed as a whole', (name) => {
    expect(() => checkSettings(presetSettings(name))).not.toThrow();
  });

  test('copies are independent', () => {
    presetSettings('default').loraTargets.pop();
    expect(presetSettings('default').loraTargets).toHaveLength(7);
  });

  test('the original system: values of its code', () => {
    expect(presetSettings('seed')).toMatchObject({
      ...{ maxSteps: 200, learningRate: 1e-5, batchSize: 4, numGenerations: 3, beta: 0.01, maxTurns: 10 },
      ...{
        maxTokens: 4096,
        maxSeqLength: 16384,
        loraR: 16,
        loraAlpha: 16,
        weightDecay: 0.01,
        maxGradNorm: 1,
      },
      ...{
        lossType: 'grpo',
        advantage: 'action',
        rewardPreset: 'seed',
        minGroupStd: 0.05,
        evalTemperature: 0.5,
      },
      ...{
        epsilonLow: 0.2,
        epsilonHigh: 0.2,
        targetAccuracy: 0.95,
        patience: 5,
        evalSteps: 10,
        saveSteps: 10,
      },
    });
  });
});

describe('resolve', () => {
  test('flag beats environment beats file beats preset', () => {
    const { settings } = resolveSettings({
      preset: 'seed',
      file: { maxSteps: 11, batchSize: 12, beta: 0.5 },
      environment: { MAX_STEPS: '21', PER_DEVICE_TRAIN_BATCH_SIZE: '22' },
      flags: { maxSteps: '31' },
    });
    expect(settings).toMatchObject({ maxSteps: 31, batchSize: 22, beta: 0.5, maxTurns: 10 });
  });

  test('the preset of the file counts, a flag beats it', () => {
    expect(resolveSettings({ file: { preset: 'seed' } }).settings.maxTurns).toBe(10);
    expect(resolveSettings({ preset: 'quick', file: { preset: 'seed' } }).preset).toBe('quick');
  });

  test('environment values end at #', () => {
    const environment = { MAX_STEPS: ' 7 # steps', RUN_BASELINE_EVAL: 'FALSE#', OUTPUT_DIR: 'out/a # here' };
    expect(resolveSettings({ environment }).settings).toMatchObject({
      ...{ maxSteps: 7, runBaselineEval: false, outputDir: 'out/a' },
    });
  });

  test('the output folder follows the mode', () => {
    expect(resolveSettings({ flags: { mode: 'rollout' } }).settings.outputDir).toBe('outputs/grpo_rollout');
  });

  test.each<[string, string]>([
    ['maxSteps', '-1'],
    ['numGenerations', '1'],
    ['dynamicSampling', '-1'],
    ['curriculum', 'hard-first'],
    ['curriculumShare', '1'],
    ['maxSteps', '0'],
    ['maxSteps', '1.5'],
    ['maxSteps', '1000001'],
    ['maxSteps', 'NaN'],
    ['maxSteps', ''],
    ['maxSteps', '0x10'],
    ['maxSteps', 'ten'],
    ['learningRate', '0'],
    ['learningRate', 'Infinity'],
    ['topP', '0'],
    ['topP', '1.01'],
    ['minP', '1'],
    ['temperature', '0'],
    ['epsilonLow', '1'],
    ['mode', 'maksed'],
    ['lossType', ''],
    ['verbose', 'maybe'],
    ['loraTargets', ''],
    ['loraTargets', 'q_proj,q_proj'],
    ['loraTargets', 'q_proj,lm_head'],
    ['outputDir', ' '],
    ['seed', '4294967296'],
  ])('refuses %s=%j, saying key, value and range', (key, text) => {
    const message = refusal(() => resolveSettings({ flags: { [key]: text } }));
    expect(message).toContain(`${key} is `);
    expect(message).toContain('allowed: ');
    for (const part of text.split(',')) expect(message).toContain(part.trim());
  });

  test('names environment variables and lists every problem', () => {
    const environment = { MAX_STEPS: '', BETA: 'x' };
    const message = refusal(() => resolveSettings({ environment, flags: { topK: '-1' } }));
    expect(message.split('\n')).toEqual([
      "MAX_STEPS (maxSteps) is ''; allowed: an integer from 1 to 1000000.",
      "BETA (beta) is 'x'; allowed: a number from 0 to 10.",
      'topK is -1; allowed: an integer from 0 to 1000000.',
    ]);
  });

  test('unknown names are refused with the nearest known one', () => {
    expect(refusal(() => resolveSettings({ flags: { maxStep: '3' } }))).toContain('did you mean maxSteps?');
    expect(refusal(() => resolveSettings({ flags: { 'learning-rate': '3' } }))).toContain('learningRate');
    expect(refusal(() => resolveSettings({ file: { banana: 1 } }))).toContain(
      "'banana' (in the configuration file)",
    );
    expect(refusal(() => resolveSettings({ flags: { toString: '1' } }))).toContain("'toString'");
    const parsed: unknown = JSON.parse('{ "__proto__": { "maxSteps": 1 } }');
    expect(refusal(() => resolveSettings({ file: parsed }))).toContain("'__proto__'");
    expect(refusal(() => resolveSettings({ preset: 'sede' }))).toContain("no preset 'sede'");
  });

  test('files: values keep their JSON type', () => {
    expect(refusal(() => resolveSettings({ file: { maxSteps: '5' } }))).toContain("maxSteps is '5'");
    expect(refusal(() => resolveSettings({ file: { verbose: null } }))).toContain('verbose is null');
    expect(refusal(() => resolveSettings({ file: [1] }))).toContain('one JSON object');
    expect(resolveSettings({ file: { loraTargets: ['q_proj'] } }).settings.loraTargets).toEqual(['q_proj']);
  });

  test('control characters in text are refused by that name, and shown as escapes', () => {
    for (const [char, shown] of [
      ['\u0001', '\\u0001'],
      ['\u001b', '\\u001b'],
      ['\u007f', '\\u007f'],
    ] as const) {
      expect(refusal(() => resolveSettings({ flags: { outputDir: `a${char}b` } }))).toBe(
        `outputDir is 'a${shown}b'; allowed: text that is not empty, without control characters.`,
      );
    }
    expect(resolveSettings({ flags: { outputDir: 'a \u00a0ü' } }).settings.outputDir).toBe('a \u00a0ü');
  });

  test.each<[string, Record<string, string>]>([
    ['maxTokens', { maxSeqLength: '512', maxTokens: '513' }],
    ['warmupSteps', { warmupSteps: '120' }],
    ['minGroupStd', { rewardPreset: 'simple', minGroupStd: '0.6' }],
    ['epsilonHigh', { lossType: 'cispo' }],
    ['delta', { delta: '1.2', epsilonHigh: '0.2' }],
  ])('contradictions: %s', (key, flags) => {
    expect(refusal(() => resolveSettings({ flags }))).toContain(`${key} is `);
  });

  test('no contradiction where cispo has a cap of its own, or delta a bound above the other', () => {
    expect(() => resolveSettings({ flags: { lossType: 'cispo', epsilonHigh: '5' } })).not.toThrow();
    expect(() => resolveSettings({ flags: { delta: '1.3', epsilonHigh: '0.2' } })).not.toThrow();
  });
});

describe('nearest', () => {
  test('distance', () => {
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('betA', 'beta')).toBe(0);
    expect(editDistance('tepm', 'temp')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  test('far names have no suggestion', () => {
    expect(nearestName('banana', SCHEMA.keys)).toBeNull();
  });
});

describe('command line', () => {
  const parse = (...argv: string[]) => parseCommandLine(argv, SCHEMA, ['config'], ['help']);

  test('all spellings', () => {
    expect(
      parse(
        '--set',
        'maxSteps=3',
        '--mode',
        'rollout',
        '--beta=0.1',
        '--verbose',
        '--config',
        'a.json',
        '--help',
        'x',
      ),
    ).toEqual({
      options: { config: 'a.json', help: 'true' },
      flags: { maxSteps: '3', mode: 'rollout', beta: '0.1', verbose: 'true' },
      positional: ['x'],
    });
  });

  test('negative numbers and empty text are values, switches take a word', () => {
    expect(parse('--maxSteps', '-1').flags).toEqual({ maxSteps: '-1' });
    expect(parse('--set', 'outputDir=').flags).toEqual({ outputDir: '' });
    expect(parse('--verbose', 'false', '--runBaselineEval').flags).toEqual({
      ...{ verbose: 'false', runBaselineEval: 'true' },
    });
    expect(parse('--set', 'model=a=b').flags).toEqual({ model: 'a=b' });
  });

  test.each([[['--set', '__proto__=3']], [['--__proto__', '3']], [['--__proto__=3']]])(
    '%j is a flag like any other, and no setting',
    (argv) => {
      const { flags } = parse(...argv);
      expect(Object.entries(flags)).toEqual([['__proto__', '3']]);
      expect(refusal(() => resolveSettings({ flags }))).toContain("no setting '__proto__'");
    },
  );

  test.each([
    [['--maxSteps', '3', '--maxSteps=4'], "maxSteps is given twice, as '3' and as '4'; give it once."],
    [['--set', 'beta=0', '--beta', '0'], "beta is given twice, as '0' and as '0'; give it once."],
    [['--config', 'a', '--config', 'b'], "config is given twice, as 'a' and as 'b'; give it once."],
    [['--help', '--help'], "help is given twice, as 'true' and as 'true'; give it once."],
  ])('%j is refused', (argv, message) => {
    expect(refusal(() => parse(...argv))).toBe(message);
  });

  test('resume takes a checkpoint by its name', () => {
    for (const resume of ['no', 'latest', 'best', 'checkpoint-0', 'checkpoint-120'] as const) {
      expect(resolveSettings({ flags: { resume } }).settings.resume).toBe(resume);
    }
    for (const resume of ['checkpoint-', 'checkpoint-1.5', 'checkpoint-07', 'xcheckpoint-1', '12', 'last']) {
      expect(refusal(() => resolveSettings({ flags: { resume } }))).toBe(
        `resume is '${resume}'; allowed: one of no, latest, best, checkpoint-N.`,
      );
    }
  });

  test('missing values are refused', () => {
    expect(refusal(() => parse('--maxSteps'))).toBe('--maxSteps needs a value.');
    expect(refusal(() => parse('--maxSteps', '--mode', 'x'))).toBe('--maxSteps needs a value.');
    expect(refusal(() => parse('--set', 'maxSteps'))).toContain('key=value');
  });
});
