/** Episodes with mail. */
import type { TextsOf } from './types';

export const agent: TextsOf<'agent'> = {
  'agent/max-turns': ({ found }) => `回合需要 maxTurns >= 1，现为 ${found}。请把 maxTurns 设为正整数。`,
  'agent/max-results': ({ found, most }) => `maxResults 为 ${found}；必须是 1 到 ${most} 的整数。`,
  'agent/running': ({ question, turns }) =>
    `问题“${question}”的回合在 ${turns} 轮之后仍在进行。请在某一步完成后、或 truncate() 之后再取结果。`,
  'agent/ended': ({ call, question, reason }) =>
    `对问题“${question}”的回合调用了 ${call}()，但该回合已结束（${reason}）。请新建一个回合。`,
  'agent/no-trace': ({ question }) =>
    `问题“${question}”没有解题轨迹，专家无法演示。请使用生成的数据集，或去掉这个问题。`,
  'agent/trace-without-read': ({ question }) =>
    `问题“${question}”有答案，但它的解题轨迹没有指出要读哪封邮件。请在数据集中加入 trace.read。`,
  'agent/hint': ({ key, wanted, found }) =>
    `模型的 config.json：mailgym.${key} 必须是${wanted === 'text' ? '文本' : ' 1 到 1000 的整数'}，现为 ${found}。请改正或删除。`,
};
