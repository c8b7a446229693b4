/** A user's file as an environment of this page: the page makes its frame, and the worker plays in it. */
import type { TrainerApi } from '../../workers/api';
import { createEnvironmentFrame, type EnvironmentFrame } from '../env/host/page';
import { addEnvironment } from '../env/registry';
import { trustedFrame } from './trusted';

/** By the name of the file. */
const frames = new Map<string, EnvironmentFrame>();

/**
 * Makes the environment of a file known to the page and to the worker, under the name of the file; one given before
 * under that name is replaced.
 * @throws EnvironmentError when the file cannot be loaded or defines no environment; the one before stays then
 */
export async function openUserEnvironment(api: TrainerApi, name: string, text: string): Promise<void> {
  const { default: guest } = await import('virtual:environment-guest');
  const frame = await createEnvironmentFrame(guest, trustedFrame);
  try {
    const info = await api.openEnvironment(name, text, frame.port);
    addEnvironment(name, info, () =>
      Promise.reject(new Error(`Episodes of ${name} are played by the page's worker only.`)),
    );
  } catch (error) {
    frame.remove();
    throw error;
  }
  frames.get(name)?.remove();
  frames.set(name, frame);
}
