/** The GPU memory of a run, in English. */
import type { MemoryNeed, MemoryProposal } from '../memory';

/** `2050 MB of GPU memory: weights 540 (f32), …`. */
export function memoryWords({ peak, weights, baseWeights, trained, cache, activations }: MemoryNeed): string {
  const parts = [
    `weights ${weights} (${baseWeights})`,
    trained === 0 ? '' : `adapter with its moments ${trained}`,
    cache === 0 ? '' : `keys and values while sampling up to ${cache}`,
    `activations up to ${activations}`,
  ];
  return `${peak} MB of GPU memory (${parts.filter((part) => part !== '').join(', ')})`;
}

export function proposalWords(proposals: readonly MemoryProposal[]): string {
  if (proposals.length === 0) {
    return 'No smaller settings that were tried fit. Choose a smaller model, or close other programs that use the GPU.';
  }
  const options = proposals.map(({ changes, megabytes }) => {
    const words = Object.entries(changes).map(([name, value]) => `${name}=${value}`);
    return `${words.join(' with ')} (${megabytes} MB)`;
  });
  return `What would fit: ${options.join(', or ')}. Or close other programs that use the GPU.`;
}
