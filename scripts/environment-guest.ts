/** Gives the page the guest's bundle as text: `import guest from 'virtual:environment-guest'`. */
import type { Plugin } from 'vite';
import { bundleGuest } from '../src/env/host/guest-bundle';

const ID = 'virtual:environment-guest';
const RESOLVED = `\0${ID}`;

export function environmentGuest(): Plugin {
  return {
    name: 'mailgym-environment-guest',
    resolveId: (id) => (id === ID ? RESOLVED : null),
    load: async (id) => (id === RESOLVED ? `export default ${JSON.stringify(await bundleGuest())};` : null),
  };
}
