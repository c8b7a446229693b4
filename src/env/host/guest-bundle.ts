/**
 * Bundles the guest into one text: what a thread or a frame without network can be started with. For checkouts and
 * builds; a package has the text as a file.
 */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

export async function bundleGuest(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./guest-main.ts', import.meta.url)),
    platform: 'browser',
    external: /^node:/,
    logLevel: 'silent',
  });
  try {
    const { output } = await bundle.generate({ format: 'iife', minify: true, codeSplitting: false });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
