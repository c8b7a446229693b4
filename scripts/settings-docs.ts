/** `npm run docs:settings`: writes docs/settings.md from the tables of settings. */
import { writeFile } from 'node:fs/promises';
import { ENVIRONMENTS } from '../src/env/registry';
import { settingsMarkdown } from '../src/settings/markdown';

const target = new URL('../docs/settings.md', import.meta.url);
await writeFile(target, settingsMarkdown(ENVIRONMENTS));
console.log('wrote docs/settings.md');
