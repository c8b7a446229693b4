import { describe, expect, it } from 'vitest';
import { evaluationOf } from '../../../tests/support/records';
import { IDLE, type RunState } from '../state';
import { bestAfterStart, detailText, statusText } from './run-words';

const ended = (reason: RunState['reason']): RunState => ({ ...IDLE, status: 'ended', reason });
const at = (step: number, accuracy: number) => evaluationOf(step, { accuracy });

describe('a run that has ended', () => {
  it('is called stopped when it was stopped, and finished when it was not', () => {
    expect(statusText(ended('stopped'))).toBe('Stopped');
    expect(statusText(ended('max-steps'))).toBe('Finished');
  });

  it('counts the untrained model as no evaluation of the run', () => {
    expect(bestAfterStart([at(0, 0.25), at(4, 0), at(8, 0.1)])?.step).toBe(8);
    expect(bestAfterStart([at(0, 0.25), evaluationOf(4, { split: 'test', accuracy: 1 })])).toBeNull();
  });

  it('says beside the best what it started from, and when that was better', () => {
    const good = detailText(ended('max-steps'), [at(0, 0.25), at(4, 0.75)]);
    expect(good).toBe('All steps are done. Best accuracy in an evaluation: 75 %, from 25 % before training.');
    const bad = detailText(ended('max-steps'), [at(0, 0.25), at(4, 0)]);
    expect(bad).toContain('0 %, from 25 % before training. No adapter of this run is as good as the model');
    expect(detailText(ended('stopped'), [])).toBe('The last step is saved.');
  });
});
