import { describe, expect, it } from 'vitest';
import { defaultTestSettings } from '../../tests/support/settings';
import { fitToModel } from './open-run';

function fitted(maxSeqLength: number, maxTokens: number, maxPositions: number) {
  const warnings: string[] = [];
  const settings = defaultTestSettings({ maxSeqLength, maxTokens, model: 'tiny' });
  return { settings, warnings, fits: fitToModel(settings, { maxPositions }, (text) => warnings.push(text)) };
}

describe('fitToModel', () => {
  it('leaves settings that the model holds as they are, without a word', () => {
    for (const maxPositions of [100, 101]) {
      const { settings, fits, warnings } = fitted(100, 100, maxPositions);
      expect(fits).toBe(settings);
      expect(warnings).toEqual([]);
    }
  });

  it('cuts the context to the positions of the model, and says so', () => {
    const { settings, fits, warnings } = fitted(101, 50, 100);
    expect(fits).toEqual({ ...settings, maxSeqLength: 100 });
    expect(warnings).toEqual([
      'maxSeqLength 101 is more than the 100 positions of tiny, which are used instead.',
    ]);
  });

  it('cuts a turn that would be longer than that context, too', () => {
    const { settings, fits, warnings } = fitted(16_384, 4096, 1024);
    expect(fits).toEqual({ ...settings, maxSeqLength: 1024, maxTokens: 1024 });
    expect(warnings.join()).toContain('maxSeqLength 16384, maxTokens 4096 is more than the 1024 positions');
  });
});
