import { describe, expect, it } from 'vitest';
import { GivenUp, RunControl } from './control';

/** One turn of the event loop: all microtasks have run. */
const tick = () => new Promise<void>((done) => setTimeout(done, 0));

/** Whether a promise is settled once all microtasks have run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await tick();
  return settled;
}

describe('RunControl', () => {
  it('holds a run while paused, and lets go on resume, stop and abort', async () => {
    expect(await isSettled(new RunControl().untilFree())).toBe(true);
    for (const release of ['resume', 'stop', 'abort'] as const) {
      const control = new RunControl();
      control.pause();
      control.pause();
      const waiting = control.untilFree();
      expect(await isSettled(waiting)).toBe(false);
      control[release]();
      expect(await isSettled(waiting)).toBe(true);
      expect(control.paused).toBe(false);
      expect(control.stopRequested).toBe(release !== 'resume');
      expect(control.signal.aborted).toBe(release === 'abort');
    }
  });
});

describe('opening', () => {
  it('is ended at once by a stop, and by none once the run has begun', () => {
    const control = new RunControl();
    expect(control.opening.aborted).toBe(false);
    control.stop();
    expect(control.opening.reason).toBeInstanceOf(GivenUp);
    const begun = new RunControl();
    begun.begun();
    begun.stop();
    expect(begun.stopRequested).toBe(true);
    expect(begun.opening.aborted).toBe(false);
  });
});

describe('between', () => {
  /** Work that notes when it begins and ends, and takes its time. */
  const worker = (log: string[]) => (name: string) => async () => {
    log.push(`${name} begins`);
    await tick();
    log.push(`${name} ends`);
    return name;
  };

  it('does what waits in order, one at a time, before the run goes on', async () => {
    const control = new RunControl();
    const log: string[] = [];
    const work = worker(log);
    const answers = [control.between(work('a')), control.between(work('b'))];
    await tick();
    // Nothing is done before the run comes by.
    expect(log).toEqual([]);
    await control.untilFree();
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(await Promise.all(answers)).toEqual(['a', 'b']);
    expect(await isSettled(control.untilFree())).toBe(true);
    expect(log).toHaveLength(4);
  });

  it('does what is asked for while something else is done, too', async () => {
    const control = new RunControl();
    const log: string[] = [];
    const work = worker(log);
    let second: Promise<string> | null = null;
    const first = control.between(async () => {
      second = control.between(work('b'));
      return work('a')();
    });
    await control.untilFree();
    expect(await first).toBe('a');
    expect(await second).toBe('b');
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('gives errors to the caller, and none to the run', async () => {
    const control = new RunControl();
    const failing = control.between(() => Promise.reject(new RangeError('no such question')));
    const refused = expect(failing).rejects.toThrow(/no such question/);
    const next = control.between(() => Promise.resolve(1));
    await expect(control.untilFree()).resolves.toBeUndefined();
    await refused;
    expect(await next).toBe(1);
  });

  it('gives errors thrown at once to the caller, too', async () => {
    const control = new RunControl();
    const failing = control.between(() => {
      throw new RangeError('no such question');
    });
    const refused = expect(failing).rejects.toThrow(/no such question/);
    await expect(control.untilFree()).resolves.toBeUndefined();
    await refused;
  });

  it('is done while the run is paused, which stays paused', async () => {
    const control = new RunControl();
    control.pause();
    const waiting = control.untilFree();
    await tick();
    for (const name of ['a', 'b']) expect(await control.between(() => Promise.resolve(name))).toBe(name);
    expect(control.paused).toBe(true);
    expect(await isSettled(waiting)).toBe(false);
    control.resume();
    expect(await isSettled(waiting)).toBe(true);
  });

  it('is done before a stopped run ends, and after the end by finish', async () => {
    const control = new RunControl();
    const before = control.between(() => Promise.resolve('before'));
    control.stop();
    await control.untilFree();
    expect(await before).toBe('before');
    const log: string[] = [];
    const late = [control.between(worker(log)('a')), control.between(worker(log)('b'))];
    expect(await isSettled(Promise.all(late))).toBe(false);
    await control.finish();
    expect(await Promise.all(late)).toEqual(['a', 'b']);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    await control.finish();
  });
});
