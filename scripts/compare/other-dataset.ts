/** The second dataset: the same generator under another seed, so that all names, mails and questions are new. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandProgram } from '../runtime/program';
import { runJobs } from '../runs/jobs';
import type { CompareOptions } from './options';

/** Written last by the generator. */
const LAST_FILE = 'README.md';

/** Builds it below the work folder if it is not there. Answers the value of the setting `dataset`; null where there is none. @throws CommandError */
export async function otherDataset(
  { other, work }: Pick<CompareOptions, 'other' | 'work'>,
  log: (line: string) => void,
): Promise<string | null> {
  if (other === null) return null;
  if (other.kind === 'folder') return other.folder;
  const folder = join(work, `dataset-${other.seed}`);
  if (existsSync(join(folder, LAST_FILE))) return folder;
  rmSync(folder, { recursive: true, force: true });
  const args = ['--seed', String(other.seed), '--out', folder];
  await runJobs([{ name: `dataset-${other.seed}`, script: commandProgram('dataset'), args }], 1, log);
  return folder;
}
