/** Texts of OpError: what an op was called with. */
import type { SequenceFault, Wanted } from '../../../../errors/texts/en/op';
import type { TextsOf } from './types';
import { listed } from './words';

const wanted = ({ op: opName, name, dtype, shape }: Wanted): string =>
  `${opName}：${name} 必须是形状为 [${shape.join(', ')}] 的 ${dtype} 张量`;

function sequenceWords(fault: SequenceFault): string {
  if ('stride' in fault) return `有 ${fault.tokens} 个词元，超过步幅 ${fault.stride}`;
  if ('numbers' in fault) {
    return `有 ${fault.tokens} 个词元，而 ${fault.name} 有 ${fault.numbers} 个数；请为每个词元给一个`;
  }
  return 'advantage' in fault
    ? `在词元 ${fault.token} 处的优势为 ${fault.advantage}；请检查是否有奖励不是数`
    : `在掩码要训练的词元 ${fault.token} 处没有旧的对数概率`;
}

export const op: TextsOf<'op'> = {
  'op/no-tensor': ({ found, ...tensor }) => `${wanted(tensor)}，实为 ${found}。`,
  'op/tensor': ({ found, foundShape, ...tensor }) =>
    `${wanted(tensor)}，实为 ${found} [${foundShape.join(', ')}]。`,
  'op/number': ({ op, name, isInteger, low, high, found }) =>
    `${op}：${name} 必须是 ${low} 到 ${high} 的${isInteger ? '整数' : '数'}，实为 ${found}。`,
  'op/heads': ({ heads, kvHeads }) => `forestAttention：${heads} 个头不能平均共用 ${kvHeads} 个键值头。`,
  'op/forest-rows': ({ rows, parents, ends }) =>
    `forestAttention：q 有 ${rows} 行，而前缀森林有 ${parents} 个父节点和 ${ends} 个终点。`,
  'op/forest-end': ({ node, found, end }) =>
    `forestAttention：节点 ${node} 的终点为 ${found}；按父节点推算，其子树止于 ${end}。`,
  'op/forest-order': ({ node, parent }) =>
    `forestAttention：节点 ${node} 的父节点是 ${parent}，它不在通往节点 ${node - 1} 的路径上：前缀森林不是深度优先的顺序。`,
  'op/loss-terms': ({ old, pos, neg, weight }) =>
    `lossTerms：old、pos、neg 和 weight 的长度必须相同，实为 ${old}、${pos}、${neg} 和 ${weight}。`,
  'op/lora-target': ({ target, first, end, least, outputs }) =>
    `linear：lora.targets[${target}] 是第 ${first} 到 ${end} 行；它的起点不得小于 ${least}，终点不得大于 ${outputs}。`,
  'op/lora-blocks': ({ blocks, most }) =>
    `linear：lora.targets 把输出切成 ${blocks} 块，最多可以有 ${most} 块。`,
  'op/linear-added': () => 'linear：同时给出了 bias 和 residual；只能加其中之一。',
  'op/registered-twice': ({ op }) => `${op} 注册了两次。`,
  'op/no-gradient': ({ op, reason }) => `${op} 没有梯度：${reason}。`,
  'op/unsaved': ({ op, output }) => `${op} 的梯度用到了 ${output}，但没有保存它。`,
  'op/no-gradient-of': ({ op, name }) => `${op} 没有对 ${name} 的梯度。`,
  'op/odd-head': ({ headDim }) => `rotary：headDim 必须是偶数，实为 ${headDim}。`,
  'op/activation': ({ known, found }) => `swiglu：激活函数必须是 ${listed(known)} 之一，实为 ${found}。`,
  'op/odd-columns': ({ columns }) => `swiglu：gateUp 的列数必须是偶数（gate 和 up），实为 ${columns}。`,
  'op/length-to-divide-by': ({ found }) =>
    `maskedGrpoRows：lossType dr_grpo 要除以 maxCompletionLength，而它为 ${found}；请给出它。`,
  'op/no-reference': ({ beta }) =>
    `maskedGrpoLoss：beta 为 ${beta}，但没有参考策略。请给出各行在参考策略下的对数概率，或把 beta 设为 0。`,
  'op/sequence': ({ sequence, fault }) => `maskedGrpoRows：序列 ${sequence} ${sequenceWords(fault)}。`,
};
