import { describe, expect, it } from 'vitest';
import { accuracyText, triesText } from './evaluation';

describe('accuracyText', () => {
  it('tells the interval where there is one', () => {
    expect(accuracyText(0.75, { low: 0.598, high: 0.8591 })).toBe('75 % (95 %: 60 to 86 %)');
    expect(accuracyText(0.75, { low: 0.598, high: 0.8591 }, 1)).toBe('75.0 % (95 %: 59.8 to 85.9 %)');
    expect(accuracyText(0, null)).toBe('0 %');
  });
});

describe('triesText', () => {
  it('lists pass@k and agreement', () => {
    const report = { passAtK: { '1': 0.5, '2': 0.75, '3': null }, agreement: 2 / 3 };
    expect(triesText(report)).toBe("pass@1 50 %, pass@2 75 %, pass@3 –; 67 % of a question's tries agree");
  });

  it('is null for a single try', () => {
    expect(triesText({})).toBeNull();
  });
});
