/** What a page writes for other programs. */
import type { exports as english } from '../../../../../errors/texts/en/storage/exports';
import type { Like } from '../types';

export const exports: Like<typeof english> = {
  'storage/export-folder': ({ path, folder, reason }) =>
    `${path} 无法写入文件夹 ${folder}（${reason}）。请腾出空间，或选择别的文件夹。`,
  'storage/export-zip': ({ reason }) => `导出的压缩包无法写出（${reason}）。请再试一次，或换一个浏览器。`,
  'storage/zip-too-large': () =>
    '导出的内容超过 4 GB，这里的 zip 压缩包装不下。请选择更小的数值类型，换用能写入文件夹的浏览器（Chrome、Edge），或使用 npm run export。',
  'storage/no-run': ({ folder }) => `${folder} 中没有可读取的运行设置。请选择别的运行。`,
};
