/** `npm run docs:settings`: writes docs/settings.md from the table of settings. */
import { writeFile } from 'node:fs/promises';
import { settingsMarkdown } from '../src/settings/markdown';

const target = new URL('../docs/settings.md', import.meta.url);
await writeFile(target, settingsMarkdown());
console.log('wrote docs/settings.md');
