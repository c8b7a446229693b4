import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { sampleParams } from '../../../tests/support/sample-params';
import { ConversationError } from '../../conversation/errors';
import { EnvironmentError } from '../../env/errors';
import { CorpusError } from '../../env/mail/corpus/types';
import { AgentError } from '../../env/mail/types';
import { MailGymError, told } from '../../errors';
import { PolicyError } from '../policy';
import { StorageError } from '../storage';
import { TrainingError } from '../training';
import { DeviceLostError, GpuError, OpError } from '../../kernels/errors';
import { TraceError } from '../../report/trace-reader';
import { DawnError } from '../../run/platform/dawn-node';
import { SettingsError, settingProblem } from '../../settings/values';
import { ServeError } from '../../../scripts/serve';
import { WorkerError } from '../../ui/connect';
import { PageError } from '../../ui/page-error';
import { ERROR_CODES } from '../codes';
import { errorFrom, errorRecord } from '../transport';
import { english } from './en';
import { reasons } from './en/corpus/reasons';
import { textOf, type ErrorTexts, type TextCode } from './index';
import type { ErrorParams, Tell } from './types';

const TEXTS = 'src/errors/texts';
/** They end in the driver's own words. */
const QUOTES = ['gpu/command', 'gpu/program', 'worker/crashed'];
const CODES = Object.keys(english) as TextCode[];
const tell: Tell = ({ message }) => message;
const say = (code: TextCode, params: ErrorParams): string =>
  (english[code] as (params: ErrorParams, tell: Tell) => string)(params, tell);

const sourcesOf = (folder: string): { readonly path: string; readonly text: string }[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts'))
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(folder, path), 'utf8') }));

describe('the English texts', () => {
  const samples = sampleParams(`${TEXTS}/en/index.ts`, 'english');

  it.each(CODES)('%s: a whole text, whatever its params', (code) => {
    const given = samples.get(code) ?? [];
    expect(given.length).toBeGreaterThan(0);
    for (const params of given) {
      const text = say(code, params);
      expect(text).not.toMatch(/undefined|\[object|NaN(?! for the current policy)|\.\.$/);
      if (Object.hasOwn(reasons, code)) expect(text).toMatch(/^([a-z]|JSON ).*[^.]$/s);
      else if (QUOTES.includes(code)) expect(text).toMatch(/^[A-Z].*(: (some|other) reason|crashed\.)$/);
      else expect(text).toMatch(/^\S.*[.?)]$/s);
    }
    // What the text speaks of makes a difference to it, in one case at least.
    for (const name of Object.keys(given[0] ?? {})) {
      const variants = given.map(
        (base) => new Set(given.map((each) => say(code, { ...base, [name]: each[name] }))),
      );
      expect(Math.max(...variants.map(({ size }) => size)), name).toBeGreaterThan(1);
    }
  });

  it('has every code once, and every one is used', () => {
    const written = sourcesOf(`${TEXTS}/en`).flatMap(({ text }) =>
      [...text.matchAll(/^ {2}'?([a-z-]+(?:\/[a-z-]+)?)'?: \(/gm)].map(([, code]) => code),
    );
    expect(written.filter((code) => code !== undefined && code in english).sort()).toEqual(CODES.toSorted());
    const sources = ['src', 'workers', 'scripts']
      .flatMap(sourcesOf)
      .filter(({ path }) => !path.startsWith(TEXTS));
    const all = sources.map(({ text }) => text).join('\n');
    expect(CODES.filter((code) => !all.includes(`'${code}'`))).toEqual([]);
  });

  it('comes with the classes of its codes', () => {
    const classes = [
      ...[AgentError, ConversationError, CorpusError, EnvironmentError, GpuError, OpError, PolicyError],
      ...[SettingsError, StorageError, TraceError, TrainingError, DawnError, PageError, WorkerError],
      ServeError,
    ];
    const brought = classes.flatMap(({ texts }) => Object.keys(texts));
    expect([...new Set(brought)].sort()).toEqual(CODES.toSorted());
    for (const { name, texts } of classes) {
      const word = ERROR_CODES[name as keyof typeof ERROR_CODES];
      const heir =
        { GpuError: [ERROR_CODES.DeviceLostError], PolicyError: [ERROR_CODES.SamplingStopped] }[name] ?? [];
      for (const code of Object.keys(texts)) expect([word, ...heir]).toContain(code.split('/')[0]);
    }
  });
});

it('is where every error of the family in src and workers gets its text', () => {
  // These two are made of what they hold, and look their text up themselves.
  const ownMakers = ['SettingsError', 'DeviceLostError'];
  const names = Object.keys(ERROR_CODES).filter((name) => !ownMakers.includes(name));
  const made = new RegExp(`\\bnew (${names.join('|')})\\(`);
  const sources = ['src', 'workers'].flatMap(sourcesOf).filter(({ path }) => !path.startsWith('src/errors'));
  expect(sources.filter(({ text }) => made.test(text)).map(({ path }) => path)).toEqual([]);
});

describe('of', () => {
  it('makes an error of the class, with text, code, params and cause', () => {
    const cause = new Error('disk');
    const error = EnvironmentError.of('environment/file-not-read', { path: 'a.ts', reason: 'no' }, { cause });
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toMatchObject({
      ...{ name: 'EnvironmentError', message: 'The environment file a.ts cannot be read: no.', cause },
      ...{ code: 'environment/file-not-read', params: { path: 'a.ts', reason: 'no' } },
    });
    const bare = CorpusError.of('corpus/file-empty');
    expect([bare instanceof EnvironmentError, bare.name, bare.params]).toEqual([true, 'CorpusError', {}]);
    expect('cause' in bare).toBe(false);
  });

  it('leaves no trace of itself in the stack', () => {
    const error = EnvironmentError.of('environment/closed', { file: 'a.ts' });
    expect(error.stack?.split('\n')[1]).toContain('texts.test.ts');
  });

  it('takes the codes of the class alone, with their params', () => {
    const wrong = [
      // @ts-expect-error a code of a class made of this one
      () => EnvironmentError.of('corpus/file-empty'),
      // @ts-expect-error a code of the class that this one is made of
      () => CorpusError.of('environment/closed', { file: 'a.ts' }),
      // @ts-expect-error a param is missing
      () => EnvironmentError.of('environment/closed', {}),
      // @ts-expect-error all params are missing
      () => EnvironmentError.of('environment/closed'),
      // @ts-expect-error a param of another type
      () => EnvironmentError.of('environment/closed', { file: 3 }),
      // @ts-expect-error there is no such code
      () => EnvironmentError.of('environment/no-such-code', { file: 'a.ts' }),
      // @ts-expect-error the family itself has no codes
      () => MailGymError.of('environment/closed', { file: 'a.ts' }),
      // @ts-expect-error made of problems, not of a code
      () => SettingsError.of('settings/file'),
    ];
    expect(wrong).toHaveLength(8);
    expect(() => wrong[0]?.()).toThrow('brings no text');
    expectTypeOf(CorpusError.of('corpus/file-empty')).toEqualTypeOf<CorpusError>();
  });
});

describe('another language', () => {
  const some: Partial<ErrorTexts> = {
    'environment/closed': ({ file }) => `${file} ist geschlossen.`,
    'settings/set': ({ given }) => `--set braucht Name=Wert, nicht „${given}“.`,
    settings: ({ problems }, each) => problems.map((problem) => `- ${each(problem)}`).join('\n'),
    'device-lost': ({ reason }) => `Das Gerät ist weg (${reason}).`,
  };

  it('is what it has a text for, on this side of a thread and on the other', () => {
    const error = EnvironmentError.of('environment/closed', { file: 'a.ts' });
    expect(textOf(error, some)).toBe('a.ts ist geschlossen.');
    const back = errorFrom(structuredClone(errorRecord(error)));
    expect(textOf(told(back), some)).toBe('a.ts ist geschlossen.');
    expect(textOf(new DeviceLostError('asleep'), some)).toBe('Das Gerät ist weg (asleep).');
  });

  it('is told of errors inside errors, each in what language there is', () => {
    const problems = [
      settingProblem('set', 'settings/set', { given: 'x' }),
      settingProblem('beta', 'settings/no-value', { name: 'beta' }),
    ];
    const back = errorFrom(structuredClone(errorRecord(new SettingsError(problems))));
    expect(textOf(told(back), some)).toBe('- --set braucht Name=Wert, nicht „x“.\n- --beta needs a value.');
  });

  it('is English where it has no text, or params are not what it knows', () => {
    expect(textOf(new PolicyError('No weights.'), some)).toBe('No weights.');
    expect(textOf(EnvironmentError.of('environment/no-inbox'), some)).toMatch(/^No inbox is chosen/);
    expect(textOf({ message: 'x', code: 'settings', params: { problems: null } }, some)).toBe('x');
    expect(textOf({ message: 'x', code: 'environment/toString' }, some)).toBe('x');
    expect(textOf(told('a text'), some)).toBe('a text');
  });
});
