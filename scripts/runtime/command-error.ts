/** The command line cannot be carried out as it stands. */
export class CommandError extends Error {
  override name = 'CommandError';
}
