/** Where environments and their tasks come from. */
import type { sources as english } from '../../../../../errors/texts/en/environment/sources';
import type { Like } from '../types';
import { howToServe, listed } from '../words';

export const sources: Like<typeof english> = {
  'environment/no-own-data': ({ name, known }) =>
    `环境“${name}”不保存访客自己的数据；会保存的环境：${listed(known)}。`,
  'environment/no-own-action': ({ environment, name, known }) =>
    `环境“${environment}”自己的数据没有“${name}”这个操作；可用的操作：${listed(known)}。`,
  'environment/choice': ({ found, known }) =>
    `environment 为 ${found}。请给出 defineEnvironment 的结果，或内置环境的 id：${listed(known)}。`,
  'environment/no-such-dataset': ({ name, known }) =>
    `没有数据集“${name}”：它既不是${known.length === 0 ? '内置数据集（这里没有内置数据集）' : ` ${listed(known)} 之一`}，也不是文件夹或文件。`,
  'environment/text-file': ({ path, reason }) =>
    `${path} 无法读取：${reason}。请检查路径，以及是否有权读取该文件。`,
  'environment/text-answer': ({ url, status }) => `${url} 返回了 ${status}。请给出文本文件的地址。`,
  'environment/dataset-name': ({ name, imported }) =>
    `没有叫“${name}”的数据集。请给出内置数据集的名字${imported === null ? '' : `，或 ${imported}`}。`,
  'environment/unreachable': ({ url }) => `无法访问 ${url}。请检查网络连接，然后重新加载本页。`,
  'environment/not-there': ({ name, path, url, status }) =>
    `数据集“${name}”：没有 ${path}（${url} 返回了 ${status}）。`,
  'environment/no-base-url': ({ dataset }) =>
    `按名字请求数据集“${dataset}”，但没有 baseUrl 说明数据集在哪里。${howToServe(`datasets/${dataset}`)}。`,
  'environment/nothing-imported': () => '还没有导入任何内容。请先提供你的文件，或选择内置数据集。',
  'environment/imported-file': ({ path }) => `导入的内容缺少文件 ${path}。请重新导入。`,
  'environment/no-paths': ({ path }) =>
    `warmStartFile 为 ${path}，但页面不能按路径读取文件。请使用专家回合，或用命令行。`,
  'environment/first-turn': ({ environment }) =>
    `simple 模式只训练第一轮，而环境“${environment}”不为第一轮给奖励。请使用 masked 或 rollout 模式。`,
  'environment/needs-file': ({ path, dataset }) =>
    `这个环境需要 ${path}，但 dataset 为 ${dataset}。请把 dataset 设为任务的文件夹或文件。`,
};
