/** The GPU memory of a run. */
import type { MemoryNeed, MemoryProposal } from '../../../../errors/texts/memory';

export function memoryWords({ peak, weights, baseWeights, trained, cache, activations }: MemoryNeed): string {
  const parts = [
    `权重 ${weights}（${baseWeights}）`,
    trained === 0 ? '' : `适配器及其动量 ${trained}`,
    cache === 0 ? '' : `采样时的键和值最多 ${cache}`,
    `激活值最多 ${activations}`,
  ];
  return `${peak} MB GPU 内存（${parts.filter((part) => part !== '').join('，')}）`;
}

export function proposalWords(proposals: readonly MemoryProposal[]): string {
  if (proposals.length === 0) {
    return '试过的更小设置都放不下。请选择更小的模型，或关闭其他使用 GPU 的程序。';
  }
  const options = proposals.map(({ changes, megabytes }) => {
    const words = Object.entries(changes).map(([name, value]) => `${name}=${value}`);
    return `${words.join(' 加 ')}（${megabytes} MB）`;
  });
  return `放得下的设置：${options.join('，或 ')}。也可以关闭其他使用 GPU 的程序。`;
}
