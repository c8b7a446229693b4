/** What a run's index keeps of an environment, so that a resumed run knows whether it is still the same. */
import type { OpenedEnvironment } from '../types';

/**
 * @param file text of the file that defines it
 * @returns SHA-256 of file and tasks, in hexadecimal digits
 */
export async function hashEnvironment(file: string, tasks: OpenedEnvironment['tasks']): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([file, tasks.train, tasks.validation, tasks.test]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
