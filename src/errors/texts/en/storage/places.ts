/** Texts about the places that files are written to and read from. */
import type { Foreign } from '../../types';

export interface Failed {
  readonly path: string;
  readonly reason: Foreign;
}

/** Where a run's files are kept. */
export type StoragePlace = 'memory' | 'browser' | { readonly folder: string };

const BROWSER = 'the browser’s storage';

function placeWords(place: StoragePlace): string {
  if (place === 'memory') return 'memory';
  return place === 'browser' ? BROWSER : place.folder;
}
const sizeWords = (bytes: number): string =>
  bytes < 1_000_000 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Why a write failed: words of the system, or a file where a folder was wanted and the reverse. */
export type WriteFault =
  { readonly reason: Foreign } | { readonly taken: string; readonly by: 'folder' | 'file' };

export const places = {
  'storage/export': ({ path, reason }: Failed) =>
    `${path} cannot be written (${reason}). Make room, or choose another folder.`,
  'storage/folder': ({ folder, reason }: { folder: string; reason: Foreign }) =>
    `The folder ${folder} cannot be used for runs (${reason}). Choose another outputDir or change its permissions.`,
  'storage/read': ({ path, reason }: Failed) => `${path} cannot be read (${reason}). Check the disk.`,
  'storage/remove': ({ path, reason }: Failed) => `${path} cannot be removed (${reason}). Remove it by hand.`,
  'storage/no-browser-storage': ({ reason }: { reason: Foreign }) =>
    `This browser gives the page no storage for runs (${reason}). Leave the private window, allow site data for this page, or ` +
    'use another browser.',
  'storage/browser-read': ({ path, reason }: Failed) =>
    `${path} cannot be read from ${BROWSER} (${reason}). Reload the page and try again.`,
  'storage/browser-remove': ({ path, reason }: Failed) =>
    `${path} cannot be removed from ${BROWSER} (${reason}). Close other tabs of this page and try again.`,
  'storage/path': ({ path, part }: { path: string; part: string }) =>
    `"${path}" is no path inside a run store (${part === '' ? 'an empty part' : `"${part}"`}). Use names joined by "/", without ` +
    '"..", "\\", ":" and endings like ".mailgym-tmp-1".',
  'storage/full': ({ path, bytes, place }: { path: string; bytes: number; place: StoragePlace }) =>
    `No room in ${placeWords(place)} for ${path} (${sizeWords(bytes)}). Its old content is unchanged. Free space or remove old ` +
    'runs, then resume the run.',
  'storage/write': ({
    path,
    bytes,
    place,
    fault,
  }: {
    path: string;
    bytes: number;
    place: StoragePlace;
    fault: WriteFault;
  }) =>
    `Writing ${path} (${sizeWords(bytes)}) to ${placeWords(place)} failed: ` +
    `${'reason' in fault ? fault.reason : `"${fault.taken}" is a ${fault.by}`}. Its old content is unchanged. Check that the ` +
    'place still exists and may be written.',
  'storage/no-adapter': ({ where, which }: { where: string; which: string }) =>
    `${where} has no ${which}. It appears with the first save of a run; choose another.`,
};
