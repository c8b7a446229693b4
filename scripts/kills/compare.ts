/** Whether two run folders hold the same run, but for what the clock wrote. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ADAPTER_WEIGHTS,
  checkpointStep,
  EVAL_LOGS,
  FINAL_FOLDER,
  METRICS_FILE,
  OPTIMIZER_FILE,
} from '../../src/report/run-files';
import { CLOCK_FIELDS } from '../../src/report/metrics';
import { parseMetrics } from '../../src/report/records';

/** Names of what differs; empty for equal runs. */
export function differences(one: string, other: string): string[] {
  const found: string[] = [];
  const same = (name: string, of: (folder: string) => string): void => {
    if (of(one) !== of(other)) found.push(name);
  };
  same(METRICS_FILE, metrics);
  same(`${FINAL_FOLDER}/${ADAPTER_WEIGHTS}`, (folder) => bytes(join(folder, FINAL_FOLDER, ADAPTER_WEIGHTS)));
  same(`last ${OPTIMIZER_FILE}`, (folder) => bytes(join(folder, lastCheckpoint(folder), OPTIMIZER_FILE)));
  same(EVAL_LOGS, evaluations);
  return found;
}

/** A line more or twice is a difference, so lines are counted as they stand. */
function metrics(folder: string): string {
  const text = bytes(join(folder, METRICS_FILE), 'utf8');
  const steps = parseMetrics(text).map((step) =>
    Object.fromEntries(Object.entries(step).filter(([name]) => !CLOCK_FIELDS.includes(name))),
  );
  return JSON.stringify([text.trimEnd().split('\n').length, steps]);
}

function evaluations(folder: string): string {
  const logs = join(folder, EVAL_LOGS);
  if (!existsSync(logs)) return '';
  const files = readdirSync(logs).sort();
  // The baseline's file is named after the clock.
  return JSON.stringify(
    files.map((file) => [
      file.replace(/\d{8}_\d{6}/, 'time'),
      JSON.parse(bytes(join(logs, file), 'utf8'), (key, value: unknown) =>
        /seconds|time|timestamp|date/i.test(key) ? null : value,
      ) as unknown,
    ]),
  );
}

function lastCheckpoint(folder: string): string {
  const steps = readdirSync(folder).flatMap((name) => checkpointStep(name) ?? []);
  return `checkpoint-${Math.max(...steps)}`;
}

function bytes(file: string, encoding: 'latin1' | 'utf8' = 'latin1'): string {
  return existsSync(file) ? readFileSync(file, encoding) : '(missing)';
}
