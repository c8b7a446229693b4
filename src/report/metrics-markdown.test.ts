import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ENVIRONMENTS } from '../env/registry';
import { metricsMarkdown } from './metrics-markdown';

it('docs/metrics.md is current', () => {
  const file = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  expect(file, 'run `npm run docs:metrics`').toBe(metricsMarkdown(ENVIRONMENTS));
});

it('lists what an environment adds, and escapes what would end a cell', () => {
  const text = metricsMarkdown([
    {
      ...{ id: 'sums', title: 'Add numbers' },
      metrics: { carry: { label: 'carried', unit: 'share', description: 'a|b.', inSteps: 'carryRate' } },
      rewards: { right: { label: 'Right sum' } },
    },
  ]);
  expect(text).toContain('## Environment sums: Add numbers');
  expect(text).toContain('| `carry` | carried | share | `carryRate` | a\\|b. |');
  expect(text).toContain('| `right` | `rewards/right` | Right sum |');
});
