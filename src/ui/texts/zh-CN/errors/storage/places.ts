/** Where files are written to and read from. */
import type { places as english, StoragePlace } from '../../../../../errors/texts/en/storage/places';
import type { Like } from '../types';

const BROWSER = '浏览器的存储';

function placeWords(place: StoragePlace): string {
  if (place === 'memory') return '内存';
  return place === 'browser' ? BROWSER : ` ${place.folder} `;
}
const sizeWords = (bytes: number): string =>
  bytes < 1_000_000 ? `${bytes} 字节` : `${(bytes / 1e6).toFixed(1)} MB`;

const KINDS = { folder: '文件夹', file: '文件' };

export const places: Like<typeof english> = {
  'storage/export': ({ path, reason }) => `${path} 无法写入（${reason}）。请腾出空间，或选择别的文件夹。`,
  'storage/folder': ({ folder, reason }) =>
    `文件夹 ${folder} 不能用于运行（${reason}）。请选择别的 outputDir，或修改它的权限。`,
  'storage/read': ({ path, reason }) => `${path} 无法读取（${reason}）。请检查磁盘。`,
  'storage/remove': ({ path, reason }) => `${path} 无法删除（${reason}）。请手动删除。`,
  'storage/no-browser-storage': ({ reason }) =>
    `这个浏览器没有给页面保存运行的存储（${reason}）。请离开无痕窗口、允许本页保存网站数据，或换一个浏览器。`,
  'storage/browser-read': ({ path, reason }) =>
    `${path} 无法从${BROWSER}读取（${reason}）。请重新加载本页后再试。`,
  'storage/browser-remove': ({ path, reason }) =>
    `${path} 无法从${BROWSER}删除（${reason}）。请关闭本页的其他标签页后再试。`,
  'storage/path': ({ path, part }) =>
    `“${path}”不是运行存储中的路径（${part === '' ? '有一段是空的' : `“${part}”`}）。请用“/”连接各段名字，不含 ".."、"\\\\"、":"，也不以 ".mailgym-tmp-1" 之类结尾。`,
  'storage/full': ({ path, bytes, place }) =>
    `${placeWords(place).trim()} 放不下 ${path}（${sizeWords(bytes)}）。它原来的内容没有改动。请腾出空间或删除旧的运行，然后继续。`,
  'storage/write': ({ path, bytes, place, fault }) =>
    `把 ${path}（${sizeWords(bytes)}）写入${placeWords(place)}失败：${'reason' in fault ? fault.reason : `“${fault.taken}”是${KINDS[fault.by]}`}。它原来的内容没有改动。请检查该位置是否还在、是否可写。`,
  'storage/no-adapter': ({ where, which }) =>
    `${where} 没有 ${which}。它在运行第一次保存时出现；请选择别的。`,
};
