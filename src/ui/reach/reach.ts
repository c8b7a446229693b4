/** What a document of the page may reach, and what the visitor's choices need beyond it. Pure. */
import { elsewhere, modelElsewhere, type Elsewhere } from '../../settings/reach';
import type { Settings } from '../../settings/settings';
import { fieldText, type FormState } from '../form-state';
import type { RunOffer } from '../runs/offer';

export interface Reach {
  /** Address of the document. */
  readonly site: string;
  /** Sources of its policy beside its own site; null where it has none, as in development. */
  readonly allowed: readonly string[] | null;
}

export const NO_LOCK: Reach = { site: 'http://localhost/', allowed: null };

export function allows({ allowed }: Reach, sources: readonly string[]): boolean {
  return allowed === null || sources.every((source) => allowed.includes(source));
}

/** What the form's model lies on, where that is another site. */
export function modelOfForm(form: FormState, site: string): Elsewhere | null {
  const [model, hubEndpoint] = [fieldText(form, 'model').trim(), fieldText(form, 'hubEndpoint').trim()];
  return modelElsewhere({ model, hubEndpoint }, site);
}

export function offerElsewhere({ url }: RunOffer, site: string): Elsewhere | null {
  return elsewhere(url, url, site);
}

interface Wishes {
  readonly form: FormState;
  readonly reach: Reach;
  /** Of an earlier run that was to go on, be asked or be tested. */
  readonly reachAsked: Elsewhere | null;
}

/** What has to be allowed before the visitor's choices can be done; null for nothing. */
export function needed({ form, reach, reachAsked }: Wishes): Elsewhere | null {
  const wanted = reachAsked ?? modelOfForm(form, reach.site);
  return wanted === null || allows(reach, wanted.sources) ? null : wanted;
}

/** The same for the settings of a run. */
export function neededBy(settings: Pick<Settings, 'model' | 'hubEndpoint'>, reach: Reach): Elsewhere | null {
  const wanted = modelElsewhere(settings, reach.site);
  return wanted === null || allows(reach, wanted.sources) ? null : wanted;
}
