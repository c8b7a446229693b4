import { describe, expect, it } from 'vitest';
import { differences, missingModes, readingOf, recordColour } from './records';
import { recordOf, settingsOf } from '../../tests/support/records';

const masked = recordOf('outputs/grpo_masked');
const rollout = recordOf('outputs/grpo_rollout', {
  settings: settingsOf({ mode: 'rollout', outputDir: 'outputs/grpo_rollout', saveSteps: 99 }),
});
const hotter = recordOf('outputs/hotter', {
  settings: settingsOf({ outputDir: 'outputs/hotter', temperature: 1.5 }),
});
const unknown = recordOf('outputs/unknown', { settings: null });

describe('what differs between runs', () => {
  it('leaves out the mode, folders and what decides nothing', () => {
    expect(differences([masked, rollout])).toEqual([]);
    expect(differences([masked, hotter, unknown])).toMatchObject([
      { key: 'temperature', values: ['1', '1.5', null] },
    ]);
  });

  it('counts a setting that an older run lacks as its default', () => {
    const older: Partial<ReturnType<typeof settingsOf>> = settingsOf({ outputDir: 'outputs/older' });
    delete older.curriculum;
    const record = recordOf('outputs/older', { settings: older as ReturnType<typeof settingsOf> });
    expect(differences([masked, record])).toEqual([]);
  });

  it('offers the modes that are missing beside a run', () => {
    expect(missingModes(masked, [masked, hotter])).toEqual(['rollout', 'simple']);
    expect(missingModes(masked, [masked, rollout])).toEqual(['simple']);
    expect(missingModes(hotter, [masked, rollout, hotter])).toEqual(['rollout', 'simple']);
    expect(missingModes(unknown, [unknown])).toEqual([]);
  });

  it('is said in words', () => {
    expect(readingOf([], null)).toContain('No run is chosen');
    expect(readingOf([masked], null)).toContain('Train the same in another mode');
    expect(readingOf([masked, rollout], rollout)).toMatch(/differ only in what is trained.*is running/);
    expect(readingOf([masked, hotter], null)).toContain('differ in temperature');
    expect(readingOf([rollout, hotter], null)).toContain('what is trained and in temperature');
    expect(readingOf([masked, masked], null)).toContain('should be alike');
    expect(readingOf([masked, unknown], null)).toContain('could not be read');
  });
});

describe('colours', () => {
  const of = (outputDir: string, mode: 'masked' | 'rollout' = 'masked', id = outputDir) =>
    recordColour(recordOf(outputDir, { id, settings: settingsOf({ mode, outputDir }) }));

  it('are of the run for good, stored or not', () => {
    expect(of('outputs/grpo_masked')).toBe('--mode-masked');
    expect(of('outputs/grpo_rollout', 'rollout')).toBe('--mode-rollout');
    expect(of('outputs/grpo_masked-3', 'masked', 'stored:3')).toBe(
      of('outputs/grpo_masked-3', 'masked', 'x'),
    );
  });

  it('differ among the first three runs of masked and unmasked', () => {
    const folders = ['', '-2', '-3'];
    const all = folders.flatMap((end) => [of(`o/grpo_masked${end}`), of(`o/grpo_rollout${end}`, 'rollout')]);
    expect(new Set(all).size).toBe(6);
  });
});
