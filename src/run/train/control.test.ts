import { describe, expect, it } from 'vitest';
import { RunControl } from './control';

/** Whether a promise is settled once all microtasks have run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((done) => setTimeout(done, 0));
  return settled;
}

describe('RunControl', () => {
  it('holds a run while paused, and lets go on resume, stop and abort', async () => {
    expect(await isSettled(new RunControl().whilePaused())).toBe(true);
    for (const release of ['resume', 'stop', 'abort'] as const) {
      const control = new RunControl();
      control.pause();
      control.pause();
      const waiting = control.whilePaused();
      expect(await isSettled(waiting)).toBe(false);
      control[release]();
      expect(await isSettled(waiting)).toBe(true);
      expect(control.paused).toBe(false);
      expect(control.stopRequested).toBe(release !== 'resume');
      expect(control.signal.aborted).toBe(release === 'abort');
    }
  });
});
