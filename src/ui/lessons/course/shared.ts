/** What several lessons do. */
import { hasTrajectories } from '../facts';
import type { State } from '../../state';
import type { Step, StepAction } from '../types';

/** Small runs on mail, without evaluations: seconds on a graphics card, half a minute without. */
export function smallRun(maxSteps: number, edits: Readonly<Record<string, string>> = {}): StepAction[] {
  return [
    {
      kind: 'settings',
      environment: 'mail',
      preset: 'quick',
      edits: {
        ...{ maxSteps: String(maxSteps), mode: 'masked', runBaselineEval: 'false', evalSteps: '0' },
        ...{ evalDatasetSize: '4', saveSteps: '0', ...SMALL_DEFAULTS, ...edits },
      },
    },
    { kind: 'view', view: 'curves' },
    { kind: 'train' },
  ];
}

/** What other small runs change, as it is without their change. */
const SMALL_DEFAULTS = { numIterations: '1', learningRate: '0.002', numGenerations: '6', batchSize: '4' };

export const showTrajectories: readonly StepAction[] = [{ kind: 'view', view: 'trajectories' }];
export const TRAJECTORY_LIST = '.traj-side';

export const onMail = (state: State): boolean => hasTrajectories(state, 'mail');

/** A question about understanding: its answer stands, whatever was run. */
export function question(words: Step['words'], right: number, explain: Step['explain']): Step {
  return { words, right: () => right, ...(explain === undefined ? {} : { explain }) };
}
