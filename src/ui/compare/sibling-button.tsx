/** Trains what a run trained, in another mode. */
import type { JSX } from 'preact';
import type { Mode } from '../../settings/choices';
import { usePage } from '../page';
import type { RunRecord } from '../state';
import { t } from '../texts';

interface Props {
  readonly record: RunRecord;
  readonly mode: Mode;
}

export function SiblingButton({ record, mode }: Props): JSX.Element {
  const { runner } = usePage();
  return (
    <button type="button" onClick={() => void runner.trainSibling(record, mode)}>
      {t.compare.sibling[mode]}
    </button>
  );
}
