/** Which two kinds of runs the shown ones are, and what they say about each other. Pure. */
import { conclude, type Conclusion, type Outcome } from '../../report/conclusion';
import { outcomeOfRun } from '../../report/outcome';
import { schemaNear } from '../../env/settings';
import { settingInfo } from '../../settings/schema';
import { differences } from '../records';
import type { RunRecord } from '../state';
import { t } from '../texts';
import { poolsOf, type Pool } from './pools';

export interface Comparison {
  /** Of the two kinds, as they stand in a sentence. */
  readonly names: readonly [string, string];
  readonly conclusion: Conclusion;
}

/**
 * Two pools are held against each other seed by seed, and two single runs as they are, whatever their seeds. Null where the
 * shown runs do not make two pools that can be compared, or nothing has been evaluated on both sides.
 */
export function comparisonOf(shown: readonly RunRecord[]): Comparison | null {
  if (shown.some(({ settings }) => settings === null) || kindsOf(shown).length > 1) return null;
  const pools = poolsOf(shown);
  const [a, b] = pools;
  if (pools.length !== 2 || a === undefined || b === undefined) return null;
  // Masked against unmasked, in this order, wherever they stand.
  const [first, second] = a.mode === 'rollout' && b.mode === 'masked' ? [b, a] : [a, b];
  const ofFirst = first.records.map(outcomeOf);
  const ofSecond = second.records.map(outcomeOf);
  const isPair = ofFirst.length === 1 && ofSecond.length === 1;
  const seed = ofFirst[0]?.seed ?? 0;
  const conclusion = conclude(ofFirst, isPair ? ofSecond.map((one) => ({ ...one, seed })) : ofSecond);
  const onlyMode = differences(shown).every(({ key }) => key === 'seed') && first.mode !== second.mode;
  const name = ({ mode, name: own }: Pool): string =>
    onlyMode && mode !== null ? t.compare.mode[mode] : own;
  return conclusion && { names: [name(first), name(second)], conclusion };
}

/** Accuracies and rewards mean the same only on the same tasks. */
const SAME_TASKS = ['environment', 'dataset', 'evalDatasetSize'] as const;

/** Runs that can be held against each other. */
export interface Kind {
  readonly records: readonly RunRecord[];
  /** What the test tasks are: values of the settings in which the kinds differ, in words. */
  readonly tasks: readonly (readonly [label: string, value: string])[];
}

/** One kind for runs that all answer the same test tasks; a run whose settings are not known may answer any. */
export function kindsOf(shown: readonly RunRecord[]): Kind[] {
  const known = shown.filter(({ settings }) => settings !== null);
  const differing = SAME_TASKS.filter(
    (key) => new Set(known.map(({ settings }) => settings?.[key])).size > 1,
  );
  const kinds = new Map<string, { records: RunRecord[]; tasks: Kind['tasks'] }>();
  for (const record of known) {
    const schema = schemaNear(record.settings?.environment);
    const tasks = differing.map(
      (key) => [settingInfo(schema, key).label, String(record.settings?.[key])] as const,
    );
    const key = JSON.stringify(tasks);
    const kind = kinds.get(key) ?? { records: [], tasks };
    kind.records.push(record);
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}

export function outcomeOf({ settings, steps, evaluations }: RunRecord): Outcome {
  return outcomeOfRun({ seed: settings?.seed ?? 0, steps, evaluations });
}
