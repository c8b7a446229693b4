/** Texts of WorkerError: the page's way to its worker. */
import type { Foreign } from '../types';

export const worker = {
  'worker/crashed': ({ reason }: { reason: Foreign | null }) =>
    `The part of the page that computes could not start or has crashed.${reason === null ? '' : ` The browser says: ${reason}`}`,
  'worker/message': () => 'A message from the part of the page that computes could not be read.',
};
