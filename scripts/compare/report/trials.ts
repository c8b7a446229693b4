import { spreadOf } from '../../../src/report/spread';
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
  const [control, ...others] = trials;
  if (control === undefined || others.length === 0) return [];
  const comparable = others.filter(({ seeds }) => seeds.join() === control.seeds.join());
  const always = (of: (trial: Trial) => readonly number[], better: (a: number, b: number) => boolean) =>
    comparable
      .filter((trial) => of(trial).every((value, i) => better(value, of(control)[i] as number)))
      .map(({ name }) => name);
  const sentence = (what: string, of: (trial: Trial) => readonly number[]) => {
    const above = always(of, (a, b) => a > b);
    const below = always(of, (a, b) => a < b);
    const text = (names: readonly string[]) => (names.length === 0 ? 'none' : list(names));
    return `${what} accuracy above ${control.name} in every seed: ${text(above)}; below it in every seed: ${text(below)}.`;
  };
  return [
    `${sentence('Sampled', (trial) => trial.sampled)} ${sentence('Greedy', (trial) => trial.greedy)} Where seeds are ` +
      'few, differences of a few points are within what another seed changes.',
  ];
}
