import { expect, it } from 'vitest';
import { metricsOf, recordOf } from '../../tests/support/records';
import { BLANK_LABEL } from './runs/label';
import { interruptedRun } from './interrupted';

const step = metricsOf(8, { maxSteps: 20 });
const files = (folder: string, ...adapters: string[]) =>
  adapters.map((name) => `outputs/${folder}/${name}/adapter_config.json`);

it('offers to go on with a run that was interrupted, and with none that came to its end', () => {
  const open = recordOf('outputs/a', { steps: [step] });
  expect(interruptedRun(files('a', 'checkpoint-4', 'checkpoint-7'), [open])).toMatchObject({
    resumeDir: 'outputs/a',
    tone: 'notice',
    message: expect.stringContaining('step 7 of 20'),
  });
  expect(interruptedRun(files('a', 'checkpoint-7', 'final'), [open])).toBeNull();
  const whole = recordOf('outputs/a', { steps: [metricsOf(20, { maxSteps: 20 })] });
  expect(interruptedRun(files('a', 'checkpoint-20'), [whole])).toBeNull();
  expect(interruptedRun(files('a', 'checkpoint-7'), [])).toBeNull();
  // Who stopped it knows, and an imported one is somebody else's.
  const stopped = { ...BLANK_LABEL, ended: { reason: 'stopped', at: 1 } } as const;
  const imported = { ...BLANK_LABEL, importedFrom: 'a.zip' };
  for (const label of [stopped, imported])
    expect(interruptedRun(files('a', 'checkpoint-7'), [{ ...open, label }])).toBeNull();
});
