/** Sampling, by the engine's sampler and through transformers.js. */
import type { sampling as english, SamplingProblem } from '../../../../../errors/texts/en/policy/sampling';
import type { Like } from '../types';

const RULES = {
  temperature: '不小于 0',
  topP: '在 (0, 1] 内',
  minP: '在 [0, 1] 内',
  topK: '是 0 或正整数',
  maxTurnTokens: '大于 0',
};

function problemWords(problem: SamplingProblem): string {
  if (problem === 'empty-prompt') return '有一段提示词没有词元';
  if ('name' in problem) return `${problem.name} 为 ${problem.value}，必须${RULES[problem.name]}`;
  if ('most' in problem)
    return `maxSeqLength 为 ${problem.maxSeqLength}，对这个模型必须在 2 到 ${problem.most} 之间`;
  if ('tokens' in problem)
    return `有一段提示词有 ${problem.tokens} 个词元，而 maxSeqLength 为 ${problem.maxSeqLength}；请调大 maxSeqLength 或缩短提示词`;
  if ('token' in problem) return `词元 id ${problem.token} 超出了大小为 ${problem.vocabulary} 的词表`;
  return `组 ${problem.group} 和采样轨迹 ${problem.rollout} 的编号必须小于 65536`;
}

export const sampling: Like<typeof english> = {
  'policy/sampling': ({ problem }) => `无法开始采样：${problemWords(problem)}。`,
  'policy/cache-type': ({ headDim, multiple }) =>
    `要求 cacheType=f16，它要求每个头的维数是 ${multiple} 的倍数；这个模型是 ${headDim}。请让 cacheType 保持 f32。`,
  'policy/sampling-room': ({ needed, room, megabytes, layerBytes }) =>
    `采样至少需要键值缓存能放下 ${needed} 个词元；现在能放下 ${room} 个（共 ${megabytes} MB，每层 ${layerBytes} 字节）。请调小 maxSeqLength、一次少采样几段提示词，或给缓存更多内存。`,
  'policy/sampling-stopped': () => '采样已停止。',
  'policy/turn-empty': () => '续写一轮时没有给任何词元；要结束请回答 null。',
  'policy/turn-token': ({ token, vocabulary }) =>
    `续写内容含有词元 id ${token}，超出了大小为 ${vocabulary} 的词表。`,
  'policy/turn-too-long': ({ tokens, before, maxSeqLength }) =>
    `在 ${before} 个词元之后续写 ${tokens} 个，就没有余地了：maxSeqLength 为 ${maxSeqLength}。`,
  'policy/conversation-too-long': ({ tokens, maxSeqLength }) =>
    `有一段对话有 ${tokens} 个词元，而 maxSeqLength 为 ${maxSeqLength}；请调大 maxSeqLength 或缩短提示词。`,
  'policy/generation-too-long': ({ tokens, most }) =>
    `该序列有 ${tokens} 个词元；这个模型最多 ${most} 个。请调小 max_new_tokens。`,
  'policy/session-input': ({ name }) => `会话运行时没有给出 ${name}。`,
  'policy/session-past': ({ past, fed }) => `缓存中有 ${past} 个序列，而输入有 ${fed} 个。`,
  'policy/session-mask': ({ total, cached, fed }) =>
    `注意力掩码覆盖 ${total} 个位置，但已缓存 ${cached} 个，又输入 ${fed} 个。`,
  'sampling-stopped': () => '对话已停止。',
};
