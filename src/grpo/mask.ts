/** Which tokens of a trajectory train. */
import { TOKEN_SOURCE } from '../tokens/types';
import type { Trajectory } from './types';
import type { Mode } from '../settings/choices';

/**
 * 1 where the token is trained. `masked` and `simple`: what the policy sampled, stop tokens included, nothing else.
 * `rollout`: every token after the first prompt, tool results and role headers too, for comparison.
 * @param maskTruncated leave a truncated trajectory out of the loss (it still counts in its group's mean).
 */
export function lossMask(
  trajectory: Pick<Trajectory, 'source' | 'truncated'>,
  mode: Mode,
  maskTruncated: boolean,
): Uint8Array {
  const { source } = trajectory;
  if (maskTruncated && trajectory.truncated) return new Uint8Array(source.length);
  switch (mode) {
    case 'masked':
    case 'simple':
      return source.map((s) => Number(s === TOKEN_SOURCE.sampled));
    case 'rollout':
      return source.map((s) => Number(s !== TOKEN_SOURCE.prompt));
  }
}
