/** What an environment's server refuses. */
import type { TextsOf } from './types';

const WANTED = {
  text: '文本',
  index: '不小于 0 的整数',
  object: '对象',
  ids: 'token id（不小于 0 的整数）的列表',
} as const;

export const serve: TextsOf<'serve'> = {
  'serve/port': ({ host, port, reason }) =>
    `无法使用 ${host}:${port}：${reason}。请用 --port 另选一个，或用 0 取任意空闲端口。`,
  'serve/no-path': ({ method, path }) =>
    `这里没有 ${method} ${path}。地址是 Open Reward Standard 的那些，另有几个；见 docs/environments.md。`,
  'serve/other-environment': ({ asked, served }) => `这里没有环境“${asked}”；本服务器提供的是“${served}”。`,
  'serve/foreign-host': ({ host }) =>
    `请求写明的主机是“${host}”，而本服务器只回答本机。要让其他机器访问，请用 --host 启动。`,
  'serve/from-page': ({ origin }) =>
    `请求来自 ${origin} 的网页；网页不能在这里进行任务。请由程序发送，不带 Origin 头。`,
  'serve/too-large': ({ most }) =>
    `请求正文超过 ${most} 字节。请少发一些，或用更大的 --max-body 启动服务器。`,
  'serve/no-json': ({ reason }) => `请求正文不是 JSON 对象：${reason}。`,
  'serve/field': ({ field, wanted, found }) => `“${field}”必须是${WANTED[wanted]}，而不是 ${found}。`,
  'serve/no-split': ({ split, known }) => `没有名为“${split}”的划分；有的是 ${known.join('、')}。`,
  'serve/no-task': ({ split, index, tasks }) =>
    `${split} 中没有第 ${index} 个任务；它有 ${tasks} 个，从 0 数起。`,
  'serve/no-session-id': () =>
    '缺少 X-Session-ID 头。POST /create_session 给出一个 id；POST /create 在其下打开一个任务。',
  'serve/session-exists': ({ session }) =>
    `会话 ${session} 已有任务。POST /delete 结束它；另一个会话要用另一个 id。`,
  'serve/no-session': ({ session, idleMinutes }) =>
    `这里没有会话 ${session}：它还没有任务，已被删除，或 ${idleMinutes} 分钟内无人请求。请用 POST /create 打开任务。`,
  'serve/too-many-sessions': ({ most }) =>
    `全部 ${most} 个会话都已占用。请删除已完成的，或用更大的 --max-sessions 启动服务器。`,
  'serve/busy': ({ session }) => `会话 ${session} 还在进行上一轮。请在得到回答之后再发下一轮。`,
  'serve/ended': ({ reason }) => `该回合已结束（${reason}），不再接受新的轮次。请另开一个会话。`,
};
