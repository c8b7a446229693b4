import type { files as english } from '../../../../../errors/texts/en/policy/files';
import type { Like } from '../types';

export const files: Like<typeof english> = {
  'policy/bytes-beyond-end': ({ origin, start, end, path, size }) =>
    `${origin}：请求了 ${path} 的第 ${start} 到 ${end} 字节，而它只有 ${size} 字节。请重新下载。`,
  'policy/file-no-json': ({ origin, path, reason }) =>
    `${origin}：${path} 不是有效的 JSON（${reason}）。请重新下载或导出。`,
};
