import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../conversation/types';
import { formatReward } from './format-reward';
import { SEARCH_EMAILS } from './tools';

describe('formatReward', () => {
  const question = "What is Falcon's budget?";
  const call = (keywords: unknown, name: string = SEARCH_EMAILS) => ({
    ...{ id: 'c', name, arguments: { keywords } as JsonObject },
  });

  it('rises with every point of form', () => {
    expect(formatReward(question, [])).toBe(0);
    expect(formatReward(question, [{ id: 'c', name: SEARCH_EMAILS, arguments: {}, malformed: true }])).toBe(
      0,
    );
    expect(formatReward(question, [call(['x']), call(['x'])])).toBe(0);
    expect(formatReward(question, [call(['x'], 'fly')])).toBeCloseTo(0.3, 12);
    expect(formatReward(question, [call(['x'], 'read_email')])).toBeCloseTo(0.3, 12);
    expect(formatReward(question, [call('falcon')])).toBeCloseTo(0.5, 12);
    expect(formatReward(question, [call(['eagle'])])).toBeCloseTo(0.7, 12);
    expect(formatReward(question, [call(['eagle', 'FALCON'])])).toBeCloseTo(0.85, 12);
    expect(formatReward(question, [call(['falcon', "Falcon's budget"])])).toBeCloseTo(1, 12);
    expect(formatReward(question, [call(['?!'])])).toBeCloseTo(0.7, 12);
    expect(formatReward(question, [call(['con'])])).toBeCloseTo(0.7, 12);
  });
});
