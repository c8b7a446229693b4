/** The page's way to its worker. */
import type { TextsOf } from './types';

export const worker: TextsOf<'worker'> = {
  'worker/crashed': ({ reason }) =>
    `页面中负责计算的部分无法启动，或已经崩溃。${reason === null ? '' : `浏览器的说明：${reason}`}`,
  'worker/message': () => '页面中负责计算的部分发来的一条消息无法读取。',
};
