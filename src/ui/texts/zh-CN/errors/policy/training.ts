/** Training a policy: its state, and passes over a forest. */
import type { training as english } from '../../../../../errors/texts/en/policy/training';
import type { Like } from '../types';

export const training: Like<typeof english> = {
  'policy/full-shared': () => '全参数训练会改变权重，因此不能与别人共用权重。',
  'policy/full-packed': ({ baseWeights }) =>
    `全参数训练会改变所有权重，而 ${baseWeights} 存不下这些变化：请把 baseWeights 设为 f32，或训练适配器。`,
  'policy/full-family': ({ family }) =>
    `不支持对 ${family} 做全参数训练：q 和 k 或各分支的归一化，以及缩放的词嵌入，其权重没有梯度。请训练适配器。`,
  'policy/full-kl': () => '相对于起点的 KL（beta > 0）需要适配器；全参数训练不保留参考模型。',
  'policy/full-too-large': ({ name, elements, limit }) =>
    `全参数训练需要在一个绑定中放下 ${name}（${elements} 个数）；这台设备最多 ${limit} 个。请改为训练适配器（loraR > 0）。`,
  'policy/nothing-to-train': () => '这个策略加载时没有可训练的部分。',
  'policy/gradient': ({ norm }) =>
    `梯度不是有限的数（范数 ${norm}）。权重保持原样；请调小 learningRate 或 maxSeqLength，或从最后一个检查点继续。`,
  'policy/no-adapter': () => '这个策略没有适配器。',
  'policy/no-adapter-to-load-into': () => '这个策略没有可载入的适配器。',
  'policy/no-adapter-to-refer-to': () => '这个策略没有适配器，因此没有适配器可作参考。',
  'policy/weights-unchanged': () => '只有全参数训练才会改变权重。',
  'policy/optimizer': ({ name, found, needed }) =>
    `优化器状态含有 ${found} 个 ${name}，而这个策略有 ${needed} 个：它属于别的模型或别的秩。`,
  'policy/token': ({ token, vocabulary }) =>
    `词元 id ${token} 超出了大小为 ${vocabulary} 的词表：它来自别的分词器。`,
  'policy/pass-too-large': ({ tokens, bytes, limit, most }) =>
    `对 ${tokens} 个词元的一次计算需要在一个绑定中放下 ${bytes} 字节；这台设备最多 ${limit} 字节。请把 microBatchTokens 设为 ${most} 或更小。`,
  'policy/loss-old': ({ row, old }) =>
    `损失的第 ${row} 行的旧对数概率为 ${old}；对数概率不大于 0。当前策略请用 NaN 表示。`,
  'policy/loss-row': ({ row, token, node, nodes, vocabulary }) =>
    `损失的第 ${row} 行给节点 ${node} 之后的词元 ${token} 打分；前缀森林有 ${nodes} 个节点，词表大小为 ${vocabulary}。`,
  'policy/too-long': ({ tokens, most }) =>
    `给了 ${tokens} 个词元的序列，而模型是为 ${most} 个设计的。请调小 maxSeqLength。`,
};
