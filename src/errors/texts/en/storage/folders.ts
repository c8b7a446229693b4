/** Texts about whose files lie in a run's folder. */
import type { Damage, DamagedFile, IndexFault } from '../../damage';
import type { Many } from '../../many';
import type { Tell } from '../../types';
import { damagedWords, damageWords, indexWords } from '../damage';
import { shownOfMany } from '../words';

const INDEX = 'runs.json';

export interface Where {
  /** The folder as the user calls it. */
  readonly where: string;
}

/** A checkpoint that is not whole. */
export interface DamagedCheckpoint {
  readonly path: string;
  readonly file: DamagedFile;
}

export const damagedCheckpoints = (damaged: readonly DamagedCheckpoint[], tell: Tell): string =>
  damaged.map(({ path, file }) => `${path}: ${damagedWords(file, tell)}`).join('; ');

export const folders = {
  'storage/in-use-in-browser': ({ where }: Where) =>
    `${where} is in use by a run in this browser, perhaps in another tab, and two runs never share a folder. Choose another ` +
    'output folder, wait until that run is done, or close its tab.',
  'storage/in-use': ({
    where,
    owner,
    seconds,
    minutes,
    lockFile,
  }: Where & { owner: string; seconds: number; minutes: number; lockFile: string }) =>
    `${where} is in use by ${owner} (last sign of life ${seconds} s ago), and two runs never share a folder. Choose another ` +
    `outputDir, or wait for the end of that run. If it is dead, its lock counts no more ${minutes} minutes after its last sign; ` +
    `${lockFile} can also be removed by hand.`,
  'storage/lock-lost': ({ where, now }: Where & { now: { owner: string } | { gone: string } }) =>
    `This run no longer holds its folder ${where}: ${'gone' in now ? `${now.gone} is gone` : `${now.owner} has taken it over`}. It ` +
    'stops before it writes anything more; what was saved stays. Go on with resume=latest when nobody else writes there.',
  'storage/adapters-without-index': ({
    where,
    adapters,
    index,
  }: Where & { adapters: Many; index: IndexFault }) =>
    `${where} holds ${shownOfMany(adapters)} of a run, but its ${INDEX} ${indexWords(index)}. A new run would overwrite them. Go ` +
    'on with that run with resume=latest, or choose another outputDir.',
  'storage/no-checkpoint': ({ where, adapters }: Where & { adapters: Many }) =>
    `${where} has no checkpoint to resume from, only ${shownOfMany(adapters)}. Choose another outputDir for a new run; this one ` +
    'is left as it is.',
  'storage/no-whole-checkpoint': (
    { where, index, damaged }: Where & { index: IndexFault; damaged: readonly DamagedCheckpoint[] },
    tell: Tell,
  ) =>
    `${INDEX} of ${where} ${indexWords(index)}, and none of its checkpoints is whole (${damagedCheckpoints(damaged, tell)}). Nothing ` +
    'was changed. Put the files back, or choose another outputDir for a new run.',
  'storage/strangers': ({ where, names, index }: Where & { names: Many; index: IndexFault | null }) =>
    `${where} holds ${shownOfMany(names)}: names that a run writes, but no run's index claims ` +
    `them${index === null ? '' : ` (${INDEX} ${indexWords(index)})`}. They are not touched. Choose another outputDir, or move them away.`,
  'storage/file-came': ({ paths }: { paths: readonly string[] }) =>
    `The run was about to write ${paths.join(', ')}, but a file of that name came into its folder that it did not write. Move it ` +
    'away and resume the run.',
  'storage/file-changed': ({ path, damage }: { path: string; damage: Damage }, tell: Tell) =>
    `${path} is not what the run in this folder wrote: it ${damageWords(damage, tell)}. Nothing was changed. Move the file away, ` +
    'or choose another outputDir for the new run.',
};
