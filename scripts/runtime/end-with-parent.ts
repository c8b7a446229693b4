import { EXIT } from './exit-codes';

/** Environment of children whose channel is for {@link endWithParent}; loaders of TypeScript have channels of their own. */
export const PARENT_CHANNEL = 'MAILGYM_PARENT_CHANNEL';

/**
 * A command that another one started ends at once when that one is gone, however it went: nobody would see what it does, and
 * its run's folder could not be taken up again. Its parent gave it a channel for this.
 */
export function endWithParent(): void {
  if (process.env[PARENT_CHANNEL] !== '1' || process.channel === undefined) return;
  process.on('disconnect', () => process.exit(EXIT.interrupted));
  // The channel alone keeps no command alive.
  process.channel.unref();
}
