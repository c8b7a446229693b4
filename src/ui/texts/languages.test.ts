import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleParams } from '../../../tests/support/sample-params';
import { ENVIRONMENTS, addEnvironment } from '../../env/registry';
import { environmentNear } from '../../env/settings';
import { english as englishErrors } from '../../errors/texts/en';
import { reasons } from '../../errors/texts/en/corpus/reasons';
import { EnvironmentError } from '../../env/errors';
import { errorFrom, errorRecord } from '../../errors/transport';
import { ENGLISH, formatsOf } from '../../report/format';
import { CORE_TABLE } from '../../settings/table';
import { EMPTY_FORM, resolveForm, shownSchema, withEdit } from '../form-state';
import { bytes, date, duration, integer, list, percent, remaining } from '../format';
import { environmentOf, stepMetric } from '../metrics';
import { explain } from '../problems';
import { english } from './en';
import { errorText, t } from '.';
import { worded, wordedSchema } from './help';
import {
  catalogue,
  chosenLanguage,
  closest,
  language,
  LANGUAGES,
  LANGUAGE_TAGS,
  rememberedLanguage,
  rememberLanguage,
  speak,
} from './language';
import type { WholeCatalogue } from './catalogue';

/** Names, and a sample of a token, which are the same in every language. */
const NAMES = new Set(['teachers.html', 'teachers.zh-CN.html', '', 'Top-p', 'Top-k', 'Min-p', 'abc']);

type Leaf = readonly [path: string, text: string];

/** Every text by its path; a function by what it says of its own names. */
function leavesOf(value: unknown, path = ''): Leaf[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

/** Paths of all that a catalogue has, functions too. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) =>
    pathsOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

const others = LANGUAGE_TAGS.flatMap((tag) => {
  const { load } = LANGUAGES[tag];
  return load === null ? [] : [{ tag, load }];
});

describe.each(others)('$tag', ({ load }) => {
  let own: WholeCatalogue;
  beforeAll(async () => {
    own = await load();
  });

  it('has the same texts as English, to the last item of a list', () => {
    expect(pathsOf(own.page).sort()).toEqual(pathsOf(english).sort());
    expect(Object.keys(own.errors).sort()).toEqual(Object.keys(englishErrors).sort());
  });

  it('says nothing in English', () => {
    const words = new Map(leavesOf(english));
    const same = leavesOf(own.page).filter(([path, text]) => words.get(path) === text && !NAMES.has(text));
    expect(same).toEqual([]);
    const settings = Object.entries(own.help.settings).flatMap(([key, { label, description }]) => {
      const info = CORE_TABLE[key as keyof typeof CORE_TABLE];
      return [...(NAMES.has(label) ? [] : [[label, info.label]]), [description, info.description]];
    });
    expect(settings.filter(([text, inEnglish]) => text === inEnglish)).toEqual([]);
    for (const [, text] of leavesOf(own.help)) if (!NAMES.has(text)) expect(text).toMatch(/\p{Script=Han}/u);
    for (const [, text] of leavesOf(own.page)) if (!NAMES.has(text)) expect(text).toMatch(/\p{Script=Han}/u);
  });

  it('keeps its punctuation: full-width in Chinese, a space beside Latin words and digits', () => {
    const texts = [...leavesOf(own.page), ...leavesOf(own.help)];
    const wrong = texts.filter(
      ([, text]) =>
        // A half-width sign behind a Chinese character, or a Chinese character that touches a Latin one.
        /\p{Script=Han}[,;:!?()]|[,;:!?(]\p{Script=Han}/u.test(text) ||
        /\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9%]\p{Script=Han}/u.test(text),
    );
    expect(wrong).toEqual([]);
  });

  describe('errors', () => {
    const samples = sampleParams('src/errors/texts/en/index.ts', 'english');
    const tell = ({ message }: { message: string }): string => message;

    it.each(Object.keys(englishErrors))('%s: a whole text, whatever its params', (code) => {
      const texts = own.errors as unknown as Record<string, (params: unknown, told: typeof tell) => string>;
      const english = englishErrors as unknown as typeof texts;
      for (const params of samples.get(code) ?? []) {
        const text = texts[code]?.(params, tell) ?? '';
        expect(text).not.toMatch(/undefined|\[object|NaN(?! )|。。|：：/);
        expect(code === 'settings' || code === 'environment/prompt-messages' ? '' : text).not.toBe(
          english[code]?.(params, tell),
        );
        if (['settings', 'environment/prompt-messages'].includes(code)) continue;
        expect(text).toMatch(/\p{Script=Han}/u);
        if (Object.hasOwn(reasons, code)) expect(text).not.toMatch(/[。.]$/);
        else expect(text).toMatch(/([。）？]|reason|problem\.)$/);
      }
      // What the English text speaks of makes a difference here too.
      const given = samples.get(code) ?? [];
      for (const name of Object.keys(given[0] ?? {})) {
        const variants = given.map(
          (base) => new Set(given.map((each) => texts[code]?.({ ...base, [name]: each[name] }, tell))),
        );
        expect(Math.max(...variants.map(({ size }) => size)), name).toBeGreaterThan(1);
      }
    });
  });

  it('has help for everything that the built-in environments show', () => {
    const { help } = own;
    const words: Readonly<Record<string, unknown>> = help.environments;
    for (const info of ENVIRONMENTS) {
      if (info.id === 'mail-first-call') continue;
      const { settings, metrics, rewards, presets } = words[info.id] as Record<string, object>;
      const automatic = 'toolTimeout' in info.settings ? help.automatic : null;
      // Without tools, what is said of calls does not apply.
      const hasTools = 'toolErrors' in info.settings;
      const { toolErrors, ...toolless } = automatic?.settings ?? {};
      const keys = (table: object | undefined, more: object | undefined) =>
        [...new Set([...Object.keys(table ?? {}), ...Object.keys(more ?? {})])].sort();
      expect(keys(settings, hasTools ? { toolErrors, ...toolless } : toolless)).toEqual(
        Object.keys(info.settings).sort(),
      );
      expect(keys(metrics, hasTools ? automatic?.metrics : {})).toEqual(Object.keys(info.metrics).sort());
      expect(keys(rewards, undefined)).toEqual(Object.keys(info.rewards).sort());
      expect(keys(presets, undefined)).toEqual(Object.keys(info.presets ?? {}).sort());
      for (const [key, { unit }] of Object.entries({ ...CORE_TABLE, ...info.settings })) {
        const own = { ...help.settings, ...help.automatic.settings, ...settings } as Record<
          string,
          { unit?: string }
        >;
        // MB is a sign; any other unit is a word.
        expect([key, own[key]?.unit !== undefined]).toEqual([key, unit !== '' && unit !== 'MB']);
      }
    }
  });
});

describe('the spoken language', () => {
  afterEach(() => speak('en'));

  it('is in every text, number and help once it is spoken, and English again after that', async () => {
    const problem = explain(EnvironmentError.of('environment/no-inbox'), 'ask');
    const before = [t.setup.train, percent(0.5), stepMetric('entropy').label, problem.message];
    await speak('zh-CN');
    expect(language.value).toBe('zh-CN');
    expect([t.setup.train, percent(0.5), stepMetric('entropy').label, problem.message]).toEqual([
      '开始训练',
      '50%',
      '熵',
      '没有选择收件箱。请选择要检索哪个地址的邮件。',
    ]);
    expect([duration(185), remaining(100), integer(1234567), bytes(1536)]).toEqual([
      '3 分 05 秒',
      '约剩 2 分钟',
      '1,234,567',
      '1.5 KiB',
    ]);
    expect(date(new Date(2026, 10, 27))).toBe('2026年11月27日');
    expect(list(['甲', '乙', '丙'])).toBe('甲、乙、丙');
    expect(environmentOf(null).title).toBe('检索邮箱');
    await speak('en');
    expect([t.setup.train, percent(0.5), stepMetric('entropy').label, problem.message]).toEqual(before);
    expect(before[0]).toBe('Train');
  });

  it('has the words of settings and environments, and leaves everything else of them as it is', async () => {
    const english = shownSchema(EMPTY_FORM);
    await speak('zh-CN');
    const chinese = shownSchema(EMPTY_FORM);
    expect(shownSchema(EMPTY_FORM)).toBe(chinese);
    expect(chinese.keys).toEqual(english.keys);
    expect(chinese.table['dataset']).toMatchObject({ label: '数据集', default: 'mailgym-office' });
    expect(chinese.table['maxSteps']).toEqual({
      ...english.table['maxSteps'],
      ...catalogue.value.help?.settings.maxSteps,
    });
    expect(chinese.table['search']?.label).toBe('检索方式');
    expect(chinese.presets['seed']).toMatchObject({ title: '原系统', changes: { maxTurns: 10 } });
    const wrong = resolveForm(withEdit(EMPTY_FORM, 'maxSteps', 'x')).problems.get('maxSteps');
    expect(wrong).toBe("maxSteps 为 'x'；允许的值：1 到 1000000 的整数。");
  });

  it('does not touch what a user’s own file says', async () => {
    const own = { ...environmentNear('guess'), id: 'mail', title: 'My own', description: 'Mine.' };
    addEnvironment('own.ts', own, () => Promise.reject(new Error('never opened')));
    await speak('zh-CN');
    expect(worded(own)).toMatchObject({ title: 'My own', description: 'Mine.' });
    expect(wordedSchema(own).table['levels']?.label).toBe('Levels');
    expect(wordedSchema(own).table['toolTimeout']?.label).toBe('工具超时');
    expect(wordedSchema(own).table['maxSteps']?.label).toBe('步数');
  });

  it('is that of errors from the worker; foreign words and unknown codes stay', async () => {
    const crossed = errorFrom(
      structuredClone(
        errorRecord(EnvironmentError.of('environment/file-not-read', { path: 'a.ts', reason: 'EACCES' })),
      ),
    );
    await speak('zh-CN');
    expect(explain(crossed, 'environment')).toMatchObject({
      title: '这个文件不能用作任务。',
      message: '环境文件 a.ts 无法读取：EACCES。',
    });
    expect(errorText({ message: 'Of another version.', code: 'environment/never-heard-of' })).toBe(
      'Of another version.',
    );
    expect(explain(new TypeError('boom'), 'train').message).toBe('boom.');
  });

  it('is the last one that was asked for', async () => {
    const first = speak('zh-CN');
    const second = speak('en');
    await Promise.all([first, second]);
    expect(language.value).toBe('en');
  });

  it('is kept as a choice only where it was one', async () => {
    await speak('zh-CN');
    expect(chosenLanguage.value).toBeNull();
    await speak('zh-CN', true);
    expect(chosenLanguage.value).toBe('zh-CN');
  });
});

describe('which language it begins in', () => {
  it.each([
    [['zh-CN', 'en'], 'zh-CN'],
    [['zh-TW'], 'zh-CN'],
    [['ZH'], 'zh-CN'],
    [['fr-FR', 'en-US', 'zh'], 'en'],
    [['fr'], null],
    [[''], null],
    [[], null],
  ] as const)('%j: %s', (tags, found) => expect(closest(tags)).toBe(found));

  it('asks a storage that refuses only once, and goes on without', () => {
    const storage = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get() {
        throw new DOMException('refused', 'SecurityError');
      },
    });
    expect(rememberedLanguage()).toBeNull();
    expect(() => rememberLanguage('zh-CN')).not.toThrow();
    if (storage === undefined) Reflect.deleteProperty(globalThis, 'localStorage');
    else Object.defineProperty(globalThis, 'localStorage', storage);
  });
});

it('index.html says in English what the catalogue says', () => {
  const html = readFileSync('index.html', 'utf8').replace(/\s+/g, ' ');
  const marked = [...html.matchAll(/data-text="([a-z]+)"\s*>([^<]*)</g)].map(
    ([, key = '', text = '']) => [key, text.trim()] as const,
  );
  const { title, description, ...rest } = english.app.page;
  expect(Object.fromEntries(marked)).toEqual(rest);
  expect(html).toContain(`<title>${title}</title>`);
  expect(html).toContain(`content="${description}"`);
});

it('numbers are written with the signs of the locale', () => {
  const german = formatsOf({ ...ENGLISH, locale: 'de-DE' });
  expect([german.number(0.5), german.number(1.2e-5), german.number(123456), german.tick(0.25)]).toEqual([
    '0,500',
    '1,2e-5',
    '123.456',
    '0,25',
  ]);
  expect([german.signed(1.25), german.fixed(-0.04, 1), german.percent(0.125, 1), german.bytes(1536)]).toEqual(
    ['+1,25', '0,0', '12,5 %', '1,5 KiB'],
  );
});
