/** Folders in memory, opened as the environment `rows`. */
import rows from '../../src/env/rows';
import { EnvironmentError } from '../../src/env/errors';
import type { OpenedEnvironment, Outcome, Task, TaskSource } from '../../src/env/types';
import { Random } from '../../src/random/philox';
import { defaultSettings, settingsSchema } from '../../src/settings/schema';
import type { SettingValue } from '../../src/settings/settings';

export type Files = Readonly<Record<string, string | Uint8Array>>;
export type Changes = Readonly<Record<string, SettingValue>>;

export function folder(files: Files, options: { canList?: boolean; name?: string } = {}): TaskSource {
  return {
    name: options.name ?? 'folder',
    read(path) {
      const content = files[path];
      if (content === undefined) {
        return Promise.reject(new EnvironmentError(`The folder has no ${path}. Add it.`));
      }
      return Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    },
    list: () => Promise.resolve(options.canList === false ? null : Object.keys(files)),
  };
}

export function jsonl(...records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

export function openRows(source: TaskSource | Files, changes: Changes = {}): Promise<OpenedEnvironment> {
  const settings = { ...defaultSettings(settingsSchema(rows)), ...changes };
  const isSource = typeof source['read'] === 'function';
  return rows.open(isSource ? (source as TaskSource) : folder(source as Files), { settings, hints: {} });
}

/** A test split of these rows, in order. */
export async function openRecords(
  records: readonly object[],
  changes: Changes = {},
): Promise<OpenedEnvironment> {
  return openRows({ 'test.jsonl': jsonl(...records) }, changes);
}

/** Plays a task with this text as the policy's only turn. */
export async function answerTask(
  opened: OpenedEnvironment,
  task: Task | undefined,
  text: string,
): Promise<Outcome> {
  if (task === undefined) throw new Error('The test has no such task.');
  const episode = opened.start(task, new Random(1, 'test'));
  await episode.step({ text, calls: [] }, 0);
  return episode.outcome();
}
