import { describe, expect, it } from 'vitest';
import { metricsOf, recordOf, settingsOf } from '../../../tests/support/records';
import { presetSettings, settingInfo } from '../../settings/schema';
import { EMPTY_FORM, formSchema, withPreset } from '../form-state';
import { initialState, type State } from '../state';
import { adviceOf } from './advice';

const on = (software: boolean): State['device'] => ({
  kind: 'known',
  report: {
    ok: true,
    vendor: '',
    architecture: '',
    description: '',
    software,
    features: [],
    maxBufferBytes: 1,
  },
});
const before = (software: boolean, preset: string): State => ({
  ...initialState(withPreset(EMPTY_FORM, preset)),
  device: on(software),
});
const during = (maxSteps: number, ...seconds: number[]): State => {
  const record = recordOf('outputs/a', {
    settings: settingsOf({ maxSteps }),
    steps: seconds.map((trainSeconds, i) => metricsOf(i + 1, { rolloutSeconds: 0, trainSeconds })),
  });
  const run = { ...initialState(EMPTY_FORM).run, status: 'running' as const, recordId: record.id };
  return { ...before(true, 'default'), run, records: [record] };
};

describe('without a graphics card', () => {
  it('Quick is offered before a run that would take much longer', () => {
    expect(adviceOf(before(true, 'default'))).toEqual({ kind: 'offer' });
    expect(adviceOf(before(true, 'quick'))).toBeNull();
    expect(adviceOf(before(false, 'default'))).toBeNull();
  });

  it('minutes come from the steps that were measured', () => {
    const settings = settingsOf({ maxSteps: 121 });
    const quick = presetSettings(formSchema(EMPTY_FORM), 'quick');
    const share = (quick.batchSize * quick.numGenerations) / (settings.batchSize * settings.numGenerations);
    expect(adviceOf(during(121))).toBeNull();
    expect(adviceOf(during(121, 15))).toEqual({
      kind: 'measured',
      secondsPerStep: 15,
      minutes: 30,
      quickMinutes: Math.ceil((15 * quick.maxSteps * share) / 60),
    });
    expect(adviceOf(during(121, 15, 45))).toMatchObject({ secondsPerStep: 30, minutes: 60 });
    expect(adviceOf({ ...during(121, 15), queue: { runs: [], done: 0 } })).toBeNull();
  });

  it('Quick is a preset of the table', () => {
    expect(settingInfo(formSchema(EMPTY_FORM), 'maxSteps')).toBeDefined();
    expect(Object.keys(formSchema(EMPTY_FORM).presets)).toContain('quick');
  });
});
