/** What lies elsewhere that settings name, and what a document must be allowed to reach for it. Pure. */
import type { CoreSettings } from './settings';

export interface Elsewhere {
  /** As it is shown: the model as it was named. */
  readonly what: string;
  /** Host that is asked first. */
  readonly host: string;
  /** For `connect-src` of a Content-Security-Policy: the host, and those to which it is known to send on. */
  readonly sources: readonly string[];
}

/** The hub keeps its files on hosts of these two domains. */
const HUB_SOURCES = ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co'] as const;
const [HUB] = HUB_SOURCES;

/** Names of hosts as a policy can hold them. Addresses of IPv6 are none. */
const SOURCE = /^https?:\/\/[\w.-]+(:\d+)?$/;

/**
 * The model, where it lies on another site.
 * @param site any address of the page's own site
 * @returns null where it is the site's own or a file, and for what is no address: a run refuses that by itself
 */
export function modelElsewhere(
  { model, hubEndpoint }: Pick<CoreSettings, 'model' | 'hubEndpoint'>,
  site: string,
): Elsewhere | null {
  if (model.startsWith('hub:')) return elsewhere(model, hubEndpoint, site);
  return /^https?:\/\//.test(model) ? elsewhere(model, model, site) : null;
}

/** @param what as it is shown @param address of a file or a server */
export function elsewhere(what: string, address: string, site: string): Elsewhere | null {
  if (!URL.canParse(address)) return null;
  const { origin, host } = new URL(address);
  if (origin === new URL(site).origin || !SOURCE.test(origin)) return null;
  return { what, host, sources: origin === HUB ? HUB_SOURCES : [origin] };
}

/** All that a run of these settings may have to reach beside the site that the page comes from. */
export function sourcesOf(settings: Pick<CoreSettings, 'model' | 'hubEndpoint'>): readonly string[] {
  return modelElsewhere(settings, 'http://localhost/')?.sources ?? [];
}
