/** Frames and long tasks of a page's main thread. */
import type { Page } from 'playwright';

export interface FrameCounts {
  readonly seconds: number;
  readonly frames: number;
  /** Milliseconds between two frames. */
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
  /** Tasks of more than 50 ms. https://w3c.github.io/longtasks/ */
  readonly longTasks: number;
  /** Of more than 100 ms. */
  readonly veryLong: number;
  readonly longest: number;
}

/** What the page notes. */
interface Noted {
  readonly from: number;
  readonly frames: number[];
  readonly tasks: number[];
}
declare global {
  // Of the page, on whose side this runs.
  var mailgymFrames: Noted | undefined;
}

/** As text: functions with names would be marked by the compiler in a way that the page does not know. */
const WATCH = `{
  const noted = { from: performance.now(), frames: [], tasks: [] };
  globalThis.mailgymFrames = noted;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) noted.tasks.push(duration);
  }).observe({ type: 'longtask' });
  const frame = (at) => {
    noted.frames.push(at);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}`;

export async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(WATCH);
}

/** Since {@link watchFrames}. */
export async function frameCounts(page: Page): Promise<FrameCounts> {
  const { frames, tasks, seconds } = await page.evaluate(() => {
    const noted = globalThis.mailgymFrames;
    if (noted === undefined) throw new Error('Nothing was watched.');
    return { ...noted, seconds: (performance.now() - noted.from) / 1000 };
  });
  return counted(frames, tasks, seconds);
}

/** @param frames times of frames, ascending @param tasks lengths; all in milliseconds */
export function counted(frames: readonly number[], tasks: readonly number[], seconds: number): FrameCounts {
  const gaps = frames.slice(1).map((at, i) => at - (frames[i] ?? at));
  const sorted = gaps.sort((a, b) => a - b);
  const part = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    seconds,
    frames: frames.length,
    p50: part(0.5),
    p95: part(0.95),
    most: sorted.at(-1) ?? 0,
    longTasks: tasks.length,
    veryLong: tasks.filter((task) => task > 100).length,
    longest: Math.max(0, ...tasks),
  };
}
