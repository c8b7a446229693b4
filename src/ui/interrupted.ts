/** A run of an earlier visit that did not come to its end. Pure. */
import { checkpointStep } from '../report/run-files';
import { storedRuns } from './runs';
import type { Problem, RunRecord } from './state';
import { t } from './texts';

/** @returns a notice that offers to go on with the one that has come furthest; null when there is none */
export function interruptedRun(files: readonly string[], records: readonly RunRecord[]): Problem | null {
  const open = storedRuns(files).flatMap(({ outputDir, unfinished, adapters }) => {
    const record = records.find((one) => one.outputDir === outputDir);
    const last = record?.steps.at(-1);
    // Who ended it knows, and an imported one is somebody else's.
    if (record?.label?.ended || record?.label?.importedFrom) return [];
    if (!unfinished || last === undefined || last.step >= last.maxSteps) return [];
    const saved = Math.max(...adapters.map((name) => checkpointStep(name) ?? 0));
    return [{ outputDir, saved, of: last.maxSteps }];
  });
  const [first] = open.sort((a, b) => b.saved - a.saved);
  if (first === undefined) return null;
  const { outputDir, saved, of } = first;
  return {
    get title() {
      return t.problems.interrupted.title(outputDir.split('/').at(-1) ?? outputDir);
    },
    get message() {
      return t.problems.interrupted.message(saved, of);
    },
    get remedy() {
      return t.problems.interrupted.remedy;
    },
    tone: 'notice',
    resumeDir: outputDir,
  };
}
