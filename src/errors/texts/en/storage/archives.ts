import type { Foreign } from '../../types';

export const archives = {
  'storage/zip': ({ origin, why }: { origin: string; why: { most: number } | { reason: Foreign } }) =>
    `${origin} cannot be unpacked as a zip archive (${'most' in why ? `more than ${why.most} bytes when unpacked` : why.reason}). ` +
    'Download it again, or give the files themselves.',
};
