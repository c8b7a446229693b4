import { describe, expect, it } from 'vitest';
import {
  EMPTY_FORM,
  fieldText,
  formFromHash,
  formOfRun,
  formToHash,
  resolveForm,
  withEdit,
  withEnvironment,
  withPreset,
  type FormState,
} from './form-state';

describe('address', () => {
  it('is empty for the untouched default', () => expect(formToHash(EMPTY_FORM)).toBe(''));

  it('brings the same form back', () => {
    let form: FormState = { preset: 'quick', edits: {} };
    form = withEdit(form, 'mode', 'rollout');
    form = withEdit(form, 'learningRate', '1e-4');
    form = withEdit(form, 'loraTargets', 'q_proj,v_proj');
    form = withEdit(form, 'outputDir', 'outputs/a b&c=d');
    const back = formFromHash(`#${formToHash(form)}`);
    expect(back).toEqual({ form, ignored: [] });
    expect(resolveForm(back.form).settings).toEqual(resolveForm(form).settings);
  });

  it('keeps values that are not allowed, so that they are shown at their field', () => {
    const { form, ignored } = formFromHash('#maxSteps=-3&beta=much');
    expect(ignored).toEqual([]);
    expect(fieldText(form, 'maxSteps')).toBe('-3');
    const { settings, problems } = resolveForm(form);
    expect(settings).toBeNull();
    expect([...problems.keys()].sort()).toEqual(['beta', 'maxSteps']);
    expect(problems.get('maxSteps')).toContain('-3');
  });

  it('says that a file of the visitor is to be given again', () => {
    const { form, ignored } = formFromHash('#environment=mine.ts');
    expect(form).toEqual(EMPTY_FORM);
    expect(ignored[0]).toMatch(/“mine.ts” is a file, which a page forgets .* Give the file again/);
    const { settings, problems } = resolveForm(withEnvironment(EMPTY_FORM, 'mine.ts'));
    expect(settings).toBeNull();
    expect(problems.get('environment')).toMatch(/Give the file again/);
  });

  it('names what it does not understand', () => {
    const { form, ignored } = formFromHash('#preset=huge&maxStep=3');
    expect(form).toEqual(EMPTY_FORM);
    expect(ignored).toHaveLength(2);
    expect(ignored[0]).toContain('huge');
    expect(ignored[1]).toContain('maxStep');
  });
});

describe('edits', () => {
  it("typing the preset's own value is no edit", () => {
    const text = fieldText(EMPTY_FORM, 'maxSteps');
    const changed = withEdit(EMPTY_FORM, 'maxSteps', '7');
    expect(changed.edits).toEqual({ maxSteps: '7' });
    expect(withEdit(changed, 'maxSteps', text).edits).toEqual({});
  });

  it('another preset keeps what is trained and on what, and drops the rest', () => {
    let form = withEdit(EMPTY_FORM, 'mode', 'rollout');
    form = withEdit(form, 'dataset', 'imported');
    form = withEdit(form, 'maxSteps', '7');
    expect(withPreset(form, 'quick')).toEqual({
      preset: 'quick',
      edits: { mode: 'rollout', dataset: 'imported' },
    });
  });

  it('fills the mode into the output folder', () => {
    expect(resolveForm(withEdit(EMPTY_FORM, 'mode', 'simple')).settings?.outputDir).toBe(
      'outputs/grpo_simple',
    );
  });

  it('reports contradictions at a field', () => {
    const form = withEdit(withEdit(EMPTY_FORM, 'maxTokens', '600'), 'maxSeqLength', '512');
    expect([...resolveForm(form).problems.keys()]).toEqual(['maxTokens']);
  });
});

describe('another environment', () => {
  const FIRST_CALL = 'mail-first-call';

  it('is one edit, and goes into the address', () => {
    const form = withEnvironment(withEdit(EMPTY_FORM, 'maxSteps', '7'), FIRST_CALL);
    expect(form.edits).toEqual({ environment: FIRST_CALL, maxSteps: '7' });
    expect(formFromHash(formToHash(form))).toEqual({ form, ignored: [] });
    expect(resolveForm(form).settings).toMatchObject({ environment: FIRST_CALL, maxSteps: 7 });
    expect(withEnvironment(form, 'mail').edits).toEqual({ maxSteps: '7' });
  });

  it('drops what it does not have, and keeps a dataset that both are made for', () => {
    const form: FormState = { preset: 'quick', edits: { gone: '1', dataset: 'imported' } };
    expect(withEnvironment(form, FIRST_CALL)).toEqual({
      preset: 'quick',
      edits: { environment: FIRST_CALL, dataset: 'imported' },
    });
  });

  it('stays when the preset changes', () => {
    const form = withEnvironment(withEdit(EMPTY_FORM, 'maxSteps', '7'), FIRST_CALL);
    expect(withPreset(form, 'quick')).toEqual({ preset: 'quick', edits: { environment: FIRST_CALL } });
  });

  it('that is not there is named: of a link it is left out, of a run it is a problem', () => {
    const { form, ignored } = formFromHash('#environment=chess&maxSteps=7');
    expect(form.edits).toEqual({ maxSteps: '7' });
    expect(ignored).toEqual([expect.stringContaining('chess')]);
    const { settings, problems } = resolveForm(formOfRun({ environment: 'chess' }, 'default'));
    expect(settings).toBeNull();
    expect(problems.get('environment')).toContain('chess');
  });

  it('of a link by an earlier version is mail', () => {
    expect(resolveForm(formFromHash('#rewardPreset=seed&searchLimit=5').form).settings).toMatchObject({
      environment: 'mail',
      rewardPreset: 'seed',
      searchLimit: 5,
    });
  });
});

describe('the form of a run', () => {
  const run = (edits: FormState['edits']) => {
    const { settings } = resolveForm({ preset: 'quick', edits });
    if (settings === null) throw new Error('The edits are not valid.');
    return settings;
  };

  it('trains the same, in another mode and in a folder of its own', () => {
    const settings = run({ learningRate: '0.0001', loraTargets: 'q_proj,v_proj', seed: '7' });
    const form = formOfRun(
      { ...settings, outputDir: 'outputs/grpo_masked-3', resume: 'latest' },
      'quick',
      'rollout',
    );
    expect(form.preset).toBe('quick');
    expect(Object.keys(form.edits).sort()).toEqual(['learningRate', 'loraTargets', 'mode', 'seed']);
    expect(resolveForm(form).settings).toEqual({
      ...settings,
      mode: 'rollout',
      outputDir: 'outputs/grpo_rollout',
    });
  });

  it('takes a run of another version: unknown preset, missing settings', () => {
    const older: Partial<ReturnType<typeof run>> = run({});
    delete older.curriculum;
    const form = formOfRun(older, 'gone');
    expect(form.preset).toBe('default');
    expect(resolveForm(form).settings).toMatchObject({ maxSteps: older.maxSteps, curriculum: 'none' });
  });
});
