/** Texts of the view that lays runs over each other. */
import { count } from '../../../report/format';

export const compare = {
  empty:
    'No runs yet. Train once masked and once unmasked with the same seed: both start from the same answers, and their curves are laid over each other here.',
  whatDiffers: 'What differs',
  atEqual: 'At equal',
  axis: { steps: 'Steps', seconds: 'Seconds', tokens: 'Tokens' },
  axisName: { steps: 'step', seconds: 'seconds', tokens: 'tokens' },
  meanOf: (caption: string, steps: number) => `${caption} Mean of ${steps} steps.`,
  endsEarly: (name: string, step: number) =>
    `${name} ends at step ${step}: after it no group had a spread in reward, so nothing was trained.`,
  startAndBest: 'Of the model it started from, and the best since.',
  timeOfWork: 'Time of work',
  table: 'Table of runs',
  settingsThatDiffer: 'Settings that differ',
  setting: 'Setting',
  results: (steps: number) => `Results (mean of the last ${steps} steps)`,
  about: (steps: number, stored: boolean, seed: number | null) =>
    `${count(steps, 'step')}${seed === null ? '' : `, seed ${seed}`}${stored ? ', stored' : ''}`,
  /** Runs that differ only in their seed. */
  pool: (name: string, runs: number, seeds: number) =>
    `${name}, ${seeds === runs ? `${seeds} seeds` : `${runs} runs of ${count(seeds, 'seed')}`}`,
  oneByOne: (shown: number, all: number) => `${shown} of ${all} shown`,
  seeds: 'Seeds',
  band: { range: 'Mean, lowest to highest', error: 'Mean ± standard error', apart: 'Apart' },
  bandIs: {
    range: 'Line: mean of the seeds; band: from the lowest to the highest.',
    error: 'Line: mean of the seeds; band: one standard error to each side.',
  },
  spread: (mean: string, low: string, high: string) => `${mean} (${low} to ${high})`,
  kinds: {
    title: 'These runs cannot be compared',
    why: 'They answer different test tasks, so equal numbers would not mean the same. Choose runs of one kind:',
    value: (setting: string, value: string) => `${setting} ${value}`,
    only: (runs: number) => `Show only ${runs === 1 ? 'this run' : `these ${runs} runs`}`,
  },
  trained: {
    masked: 'what the model wrote',
    rollout: 'tool results too',
    simple: 'one answer, no tools',
  },
  sibling: {
    masked: 'Train the same with the mask',
    rollout: 'Train the same without the mask',
    simple: 'Train the same in simple mode',
  },
  mode: { masked: 'masked', rollout: 'unmasked', simple: 'simple' },
  runName: (mode: string, folder: string) => `${mode} · ${folder}`,
  reading: {
    none: 'No run is chosen. Tick the runs to lay over each other.',
    running: (name: string) =>
      `${name.slice(0, 1).toUpperCase()}${name.slice(1)} is running; its curves grow with every step.`,
    one: 'One run so far. Train the same in another mode: same questions, same seed, and only what is trained differs.',
    unknown: 'The settings of a run could not be read, so what differs is not known.',
    differ: (modesToo: boolean, settings: readonly string[], more: number) =>
      `These runs differ in ${modesToo ? 'what is trained and in ' : ''}${settings.join(', ')}${more === 0 ? '' : ` and ${more} more`}: see the table.`,
    alike: 'The same settings throughout: these runs should be alike.',
    onlyMode: 'The same questions, seed and settings: these runs differ only in what is trained.',
    sameStart:
      'Masked and unmasked sample the same answers in the first step; from then on, what differs comes from the mask.',
  },
};
