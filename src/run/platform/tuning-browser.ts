/** What was measured about this browser's graphics card, kept between visits. */
import type { TuningStore } from '../../kernels/tuning';

const CACHE = 'mailgym-tuning';

export const browserTuning: TuningStore = {
  read: async (name) => (await (await caches.open(CACHE)).match(urlOf(name)))?.text() ?? null,
  write: async (name, text) => (await caches.open(CACHE)).put(urlOf(name), new Response(text)),
};

/** Caches go by URL; this one is never fetched. */
const urlOf = (name: string) => new URL(`tuning/${encodeURIComponent(name)}`, self.location.href).href;
