/** How long the first training step takes when nothing was compiled before. */
import { stepSize } from '../archs';
import { plainRow } from '../measure';
import type { ColdStart } from '../protocol';
import type { Session } from '../session';
import { median } from '../statistics';

export async function coldStartRows(session: Session): Promise<void> {
  const { arch, software, basis, coldStarts } = session;
  const runs: ColdStart[] = [];
  for (let i = 0; i < coldStarts.rounds; i++) runs.push(await coldStarts.start(arch));
  const of = (step: 'first' | 'second', kind: 'wall' | 'cpu') =>
    median(runs.map((run) => run[step][kind])) / 1000;
  const { sequences, length } = stepSize(arch, software);
  const pair = (kind: 'wall' | 'cpu') => ({ ours: 1000 * of('first', kind), peer: null, ratio: null });
  const [{ programs }] = runs as [ColdStart];
  session.emit(
    plainRow({
      id: `cold-start/${arch}`,
      what: `from opening the device to the end of the first step of all parameters over ${sequences} x ${length} tokens, in a fresh ${coldStarts.where}`,
      unit: basis === 'cpu' ? 'CPU s' : 's',
      ours: of('first', basis),
      wall: pair('wall'),
      cpu: pair('cpu'),
      rounds: coldStarts.rounds,
      note: `${programs} programs, shader caches empty; second step ${of('second', basis).toFixed(2)} ${basis === 'cpu' ? 'CPU s' : 's'}`,
    }),
  );
}
