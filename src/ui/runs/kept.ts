/** The log of a run as the page keeps it in the run's folder. Pure. */
import { PAGE_FOLDER } from '../../report/kept-trajectories';
import { parseLines } from '../../report/records';
import type { LogLine } from '../state';

export const KEPT_LOG = `${PAGE_FOLDER}/log.jsonl`;

export const logText = (log: readonly LogLine[]): string =>
  log.map((line) => `${JSON.stringify(line)}\n`).join('');

export function parseLog(text: string): LogLine[] {
  return parseLines<LogLine>(text, (v) => 'kind' in v && 'text' in v && typeof v.text === 'string').map(
    ({ kind, text: words }, id) => ({ id, kind, text: words }),
  );
}
