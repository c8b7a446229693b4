/** `npm run docs:metrics`: writes docs/metrics.md from the tables of metrics. */
import { writeFile } from 'node:fs/promises';
import { ENVIRONMENTS } from '../src/env/registry';
import { metricsMarkdown } from '../src/report/metrics-markdown';

const target = new URL('../docs/metrics.md', import.meta.url);
await writeFile(target, metricsMarkdown(ENVIRONMENTS));
console.log('wrote docs/metrics.md');
