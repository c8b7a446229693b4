/** Why a conversation with an environment ended: the words that the driver and the built-in episodes share. */
export const STOP = {
  unparsable: 'unparsable',
  outOfTurns: 'out-of-turns',
  outOfContext: 'out-of-context',
  toolTimeout: 'tool-timeout',
  /** A judge failed: nothing is known of the policy, and the rollout leaves its group. */
  unscorable: 'unscorable',
} as const;
