/** Rollouts and the steps made of them. */
import type { Rollout, rollout as english } from '../../../../../errors/texts/en/training/rollout';
import type { Like } from '../types';

const nameOf = ({ rollout: number, task }: Rollout): string => `任务“${task}”的第 ${number} 条采样轨迹`;

export const rollout: Like<typeof english> = {
  'training/expert-turn': ({ text, form }) =>
    `专家的一轮读回来会变成另一轮：${JSON.stringify(text)}（格式 ${form}）。请不要在文本中写工具调用的标记，参数请用普通的 JSON。`,
  'training/no-evaluation-tasks': ({ split }) =>
    `${split} 划分没有可以评测的任务。请在数据集中加入一些，或使用别的划分。`,
  'training/node-maps': ({ maps, trajectories }) =>
    `损失行需要每条轨迹的节点映射：给了 ${maps} 个映射，而轨迹有 ${trajectories} 条。请按交给 buildForest 的顺序传入两者。`,
  'training/token-weight': ({ token, trajectory, weight, advantage }) =>
    `轨迹 ${trajectory} 的词元 ${token} 权重为 ${weight}，优势为 ${advantage}；两者都必须有限。请检查是否有奖励不是数。`,
  'training/sequences': ({ sequences, requests }) =>
    `采样器对 ${requests} 个请求返回了 ${sequences} 个序列。这是策略的缺陷。`,
  'training/prompt-no-room': ({ task, length, maxSeqLength }) =>
    `任务“${task}”的提示词有 ${length} 个词元，而上下文（maxSeqLength）为 ${maxSeqLength}。请调大 maxSeqLength，或选择更短的提示词。`,
  'training/prompt-too-long': ({ task, length, maxSeqLength }) =>
    `任务“${task}”的提示词是本次运行中最长的，有 ${length} 个词元，而上下文（maxSeqLength）为 ${maxSeqLength}。请调大 maxSeqLength，或选择更短的提示词。权重还没有加载。`,
  'training/rollout-length': ({ turn, reported, recorded, hasEnded, ...which }) =>
    `${nameOf(which)}：第 ${turn} 轮之后采样器报告 ${reported} 个词元，记录中有 ${recorded} 个${hasEnded ? '，且已结束' : ''}。这是策略的缺陷。`,
  'training/rollout-record': ({ reported, recorded, at, ...which }) =>
    `${nameOf(which)}：采样器的记录（${reported} 个词元）与采样和追加的词元（${recorded} 个）${at === null ? '' : `在词元 ${at} 处`}不同。先前的词元绝不能改变；这是策略的缺陷。`,
  'training/rollout-open': (which) => `${nameOf(which)}在回合结束之前就返回了。这是策略的缺陷。`,
  'training/rollout-log-prob': ({ token, found, ...which }) =>
    `${nameOf(which)}：词元 ${token} 的对数概率为 ${found}。权重很可能已经溢出：请从最后一个检查点以更小的学习率继续。`,
  'training/warm-start-loss': ({ loss }) =>
    `热启动的损失为 ${loss}。请调小 warmStartLearningRate，或从最后一个检查点继续。`,
  'training/not-finite': ({ found, before }) =>
    `训练产生了${notFiniteWords(found)}${before === 0 ? '' : `；此前已因同样原因连续跳过 ${before} 次更新`}。这一步没有保存任何内容：请从最后一个检查点以更小的 learningRate 或 maxGradNorm、或更大的 beta 继续。`,
};

function notFiniteWords(found: 'log-probs' | { loss: string } | { gradNorm: string }): string {
  if (found === 'log-probs') return '不是数的对数概率';
  return 'loss' in found
    ? `值为 ${found.loss} 的损失，或不是数的对数概率`
    : `值为 ${found.gradNorm} 的梯度范数`;
}
