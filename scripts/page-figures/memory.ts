/** Memory that a page takes. */
import { existsSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright';

/** Bytes. */
export interface PageMemory {
  /** JavaScript of the page itself, without its worker. */
  readonly heap: number;
  /** All processes that draw pages, the worker's share with them; null where the system does not tell. */
  readonly renderers: number | null;
}

export async function memoryOf(page: Page): Promise<PageMemory> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  const browser = page.context().browser();
  const system = await browser?.newBrowserCDPSession();
  const { processInfo = [] } = (await system?.send('SystemInfo.getProcessInfo')) ?? {};
  await system?.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentBytes(id));
  return {
    heap: metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0,
    renderers: sizes.some((size) => size === null)
      ? null
      : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
  };
}

/** As Linux tells it. https://docs.kernel.org/filesystems/proc.html */
function residentBytes(pid: number): number | null {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return null;
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}
