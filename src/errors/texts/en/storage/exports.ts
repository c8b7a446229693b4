/** What a page writes for other programs. */
import type { Foreign } from '../../types';

export const exports = {
  'storage/export-file': ({ path, folder, reason }: { path: string; folder: string; reason: Foreign }) =>
    `${path} cannot be written into the folder ${folder} (${reason}). Make room, or choose another folder.`,
  'storage/export-zip': ({ reason }: { reason: Foreign }) =>
    `The archive of the export cannot be written (${reason}). Try again, or choose another browser.`,
  'storage/zip-too-large': () =>
    'The export is larger than 4 GB, which a zip archive cannot hold here. Choose a smaller number type, a browser that ' +
    'can write into a folder (Chrome, Edge), or npm run export.',
  'storage/no-run': ({ folder }: { folder: string }) =>
    `${folder} holds no settings of a run that can be read. Choose another run.`,
};
