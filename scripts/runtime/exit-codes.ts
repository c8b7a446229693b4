/** The status that a command ends with: scripts and CI decide by it. docs/headless.md tells them. */
import { MailGymError } from '../../src/errors';

export const EXIT = {
  done: 0,
  /** Carrying it out failed; tests failed; doctor found a device that cannot be used. */
  failed: 1,
  /** What was given cannot be carried out as it stands: an option, a setting, a file that is not there. */
  misused: 2,
  /** No device to compute on, or one that was refused: none found, software where a card was required, a miscomputing one. */
  noDevice: 3,
  /** A run ended before it was finished, by --maxMinutes or Ctrl-C; all is saved and `--resume latest` goes on. */
  unfinished: 4,
  /** A second Ctrl-C ended it at once. */
  interrupted: 130,
} as const;

const NO_DEVICE =
  /^(dawn|setup)(\/|$)|^gpu\/(no-|none-here|miscomputes|software-refused|card-missing|other-adapter)/;

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof MailGymError)) return EXIT.failed;
  const { code } = error;
  if (code === 'command' || code === 'settings' || code.startsWith('settings/')) return EXIT.misused;
  return NO_DEVICE.test(code) ? EXIT.noDevice : EXIT.failed;
}
