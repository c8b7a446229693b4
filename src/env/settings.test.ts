import { describe, expect, it } from 'vitest';
import { EnvironmentError } from './errors';
import { ENVIRONMENTS } from './registry';
import { DEFAULT_ENVIRONMENT, presetSettings, schemaNear, schemaOf } from './settings';

describe('schemas of the built-in environments', () => {
  it.each(ENVIRONMENTS.map(({ id }) => id))('%s has one, made once, with its own settings', (id) => {
    const schema = schemaOf(id);
    expect(schemaOf(id)).toBe(schema);
    const own = ENVIRONMENTS.find((info) => info.id === id)?.settings ?? {};
    expect(schema.keys).toEqual(expect.arrayContaining(Object.keys(own)));
  });

  it('is refused where there is no such environment, and the default one where any will do', () => {
    expect(() => schemaOf('nothing')).toThrow(EnvironmentError);
    expect(schemaNear('nothing')).toBe(schemaOf(DEFAULT_ENVIRONMENT));
    expect(schemaNear(undefined)).toBe(schemaOf(DEFAULT_ENVIRONMENT));
    expect(schemaNear('mail-first-call')).toBe(schemaOf('mail-first-call'));
  });
});

describe('presetSettings', () => {
  it('names the environment that the values are for', () => {
    expect(presetSettings('default').environment).toBe(DEFAULT_ENVIRONMENT);
    expect(presetSettings('quick', 'mail-first-call')).toEqual({
      ...presetSettings('quick'),
      environment: 'mail-first-call',
    });
  });

  it('has the default dataset of the environment', () => {
    expect(presetSettings('default', 'mail').dataset).toBe('mailgym-office');
  });
});
