/** Writes the report: pictures, the page, and the tokens of the gradient example. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePlots, type Plots } from './plots';
import { costsSection } from './report/costs';
import { factsSection } from './report/facts';
import { familiesSection } from './report/families';
import { generalisationSection } from './report/generalisation';
import { gradientSection, tokenPage } from './report/gradient';
import { modesSection } from './report/modes';
import type { Context, Section } from './report/section';
import { seedRewardSection } from './report/seed-reward';
import { simpleSection } from './report/simple';
import { startSection } from './report/start';
import { summarySection } from './report/summary';
import { trialsSection } from './report/trials';
import type { Learning } from './types';

const SECTIONS: readonly (readonly [string, (context: Context) => Section])[] = [
  ['In short', summarySection],
  ['The start', startSection],
  ['Masked, rollout, simple', modesSection],
  ['What the modes cost', costsSection],
  ['Which questions', familiesSection],
  ['On other mail', generalisationSection],
  ['Why the unmasked run behaves as it does', gradientSection],
  ['What mode simple optimises', simpleSection],
  ['The original reward', seedRewardSection],
  ['What was tried', trialsSection],
  ['How this was made', factsSection],
];

/** The page, as a function of the data alone. */
export function reportPage(learning: Learning, plots: Plots): string {
  const parts = [
    '# What is learned, measured',
    'Written by `npm run compare`; do not edit. Every number and every sentence about one follows from the files in ' +
      '[`data/`](data) and [`trials.json`](trials.json). What the measures mean is in [metrics.md](../metrics.md).',
    ...SECTIONS.flatMap(([title, section]) => [`## ${title}`, ...section({ learning, plots })]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Replaces what an earlier report left in the folder, data and trials aside. Figures of others stay. */
export function writeReport(out: string, learning: Learning): void {
  mkdirSync(out, { recursive: true });
  const page = join(out, 'README.md');
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  for (const [, name] of before.matchAll(/\]\(([\w-]+\.svg)\)/g))
    rmSync(join(out, name as string), { force: true });
  const plots = makePlots(learning);
  for (const [name, svg] of plots) writeFileSync(join(out, name), svg);
  writeFileSync(page, reportPage(learning, plots));
  if (learning.example !== null) writeFileSync(join(out, 'gradient-tokens.md'), tokenPage(learning.example));
}
