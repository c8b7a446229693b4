/** What runs this program, in words: findings about a device hold for one of it. */

/** Of package.json, which a test compares. */
export const VERSION = '0.2.0';

/** A browser's user agent, or Node with its version and system. */
export function hostName(): string {
  const { process } = globalThis as {
    process?: { versions?: { node?: string }; platform?: string; arch?: string };
  };
  const node = process?.versions?.node;
  if (node !== undefined) return `Node ${node} (${process?.platform ?? ''} ${process?.arch ?? ''})`;
  return (globalThis.navigator as Navigator | undefined)?.userAgent ?? 'an unknown host';
}
