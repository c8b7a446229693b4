/** Values that several views derive from the state: computed when first read, and again only when what they are made of has changed. */
import { computed, type ReadonlySignal } from '@preact/signals';
import { resolveForm, type ResolvedForm } from './form-state';
import { recordColour } from './records';
import { storedRuns, type StoredRun } from './runs';
import { currentRecord, isActive, type RunRecord, type State } from './state';

export interface Derived {
  readonly resolved: ReadonlySignal<ResolvedForm>;
  /** Of the run that goes on or was the last of this visit. */
  readonly record: ReadonlySignal<RunRecord | null>;
  readonly busy: ReadonlySignal<boolean>;
  /** Null until the storage has been listed. */
  readonly stored: ReadonlySignal<readonly StoredRun[] | null>;
  /** CSS variables by the id of the record. */
  readonly colours: ReadonlySignal<ReadonlyMap<string, string>>;
}

/** @param live as `Store.live` */
export function derive(live: State): Derived {
  return {
    resolved: computed(() => resolveForm(live.form)),
    record: computed(() => currentRecord(live)),
    busy: computed(() => isActive(live.run.status)),
    stored: computed(() => (live.files === null ? null : storedRuns(live.files))),
    colours: computed(() => new Map(live.records.map((record) => [record.id, recordColour(record)]))),
  };
}
