/** Texts about the places that files are written to and read from. */
import type { Foreign } from '../../types';

interface Failed {
  readonly path: string;
  readonly reason: Foreign;
}

export const places = {
  'storage/export': ({ path, reason }: Failed) =>
    `${path} cannot be written (${reason}). Make room, or choose another folder.`,
};
