import { spreadOf } from '../spread';
import type { Trial } from '../types';
import { list, share, spreadText, table } from '../words';
import type { Context, Section } from './section';

/** What was tried: entries of trials.json. */
export function trialsSection({ learning: { trials } }: Context): Section {
  if (trials.length === 0) return ['No trials are noted in `trials.json`.'];
  const rows = trials.map((trial) => [
    trial.name,
    changedText(trial.changed),
    trial.seeds.join(', '),
    String(trial.questions),
    spreadText(spreadOf(trial.sampled), share),
    spreadText(spreadOf(trial.greedy), share),
    trial.note,
  ]);
  return [
    'Variations of the settings with their accuracy on test questions, means over their seeds. Entries of ' +
      '[`trials.json`](trials.json); `npm run compare -- --trial NAME` adds one.',
    table(['trial', 'changed settings', 'seeds', 'n', 'sampled', 'greedy', 'note'], rows),
    ...best(trials),
  ];
}

function changedText(changed: Trial['changed']): string {
  const entries = Object.entries(changed).map(([key, value]) => `\`${key}=${String(value)}\``);
  return entries.length === 0 ? 'none' : entries.join(' ');
}

function best(trials: readonly Trial[]): string[] {
  if (trials.length < 2) return [];
  const top = (of: (trial: Trial) => readonly number[]) => {
    const means = trials.map((trial) => ({ name: trial.name, mean: spreadOf(of(trial))?.mean ?? 0 }));
    const most = Math.max(...means.map(({ mean }) => mean));
    return { names: list(means.filter(({ mean }) => mean === most).map(({ name }) => name)), most };
  };
  const sampled = top((trial) => trial.sampled);
  const greedy = top((trial) => trial.greedy);
  return [
    `Highest sampled accuracy: ${sampled.names} with ${share(sampled.most)}; highest greedy accuracy: ${greedy.names} with ` +
      `${share(greedy.most)}. Where seeds are few, differences of a few points are within what another seed changes.`,
  ];
}
