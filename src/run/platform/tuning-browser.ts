/** What was measured about this browser's graphics card, kept between visits. */
import type { TuningStore } from '../../kernels/tuning';

const CACHE = 'mailgym-tuning';

export const browserTuning: TuningStore = {
  // A frame without an origin has no caches: then it is measured again.
  read: async (name) => {
    try {
      return (await (await caches.open(CACHE)).match(urlOf(name)))?.text() ?? null;
    } catch {
      return null;
    }
  },
  write: async (name, text) => {
    try {
      await (await caches.open(CACHE)).put(urlOf(name), new Response(text));
    } catch {
      // As above.
    }
  },
};

/** Caches go by URL; these are never fetched. */
const urlOf = (name: string) => `https://tuning.mailgym.invalid/${encodeURIComponent(name)}`;
