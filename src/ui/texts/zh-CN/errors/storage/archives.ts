import type { archives as english } from '../../../../../errors/texts/en/storage/archives';
import type { Like } from '../types';

export const archives: Like<typeof english> = {
  'storage/zip': ({ origin, why }) =>
    `${origin} 不能作为 zip 压缩包解开（${'most' in why ? `解开后超过 ${why.most} 字节` : why.reason}）。请重新下载，或直接提供其中的文件。`,
};
