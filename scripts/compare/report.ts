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
import { warmStartSection } from './report/warm-start';
import { hasFirstTurn, hasGenerator, hasOriginalReward, isDefault } from './subject';
import type { Learning } from './types';

/** Parts of the report, in order. A part that the environment or the runs say nothing about is left out. */
function sectionsOf({ environment, runs }: Learning): (readonly [string, (context: Context) => Section])[] {
  const hasWarmStart = runs.some(({ warmStart }) => warmStart !== undefined);
  const hasOther = hasGenerator(environment) || runs.some(({ other }) => other !== null);
  const modes = hasFirstTurn(environment) ? 'Masked, rollout, simple' : 'Masked and rollout';
  return [
    ['In short', summarySection],
    ['The start', startSection],
    ...(hasWarmStart ? [['The warm start', warmStartSection] as const] : []),
    [modes, modesSection],
    ['What the modes cost', costsSection],
    ['Which questions', familiesSection],
    ...(hasOther
      ? [[hasGenerator(environment) ? 'On other mail' : 'On other tasks', generalisationSection] as const]
      : []),
    ['Why the unmasked run behaves as it does', gradientSection],
    ...(hasFirstTurn(environment) ? [['What mode simple optimises', simpleSection] as const] : []),
    ...(hasOriginalReward(environment) ? [['The original reward', seedRewardSection] as const] : []),
    ['What was tried', trialsSection],
    ['How this was made', factsSection],
  ];
}

/** Where the page of measures lies is known of the repository's own report alone. */
function measures({ environment }: Learning): string {
  return isDefault(environment.id) ? ' What the measures mean is in [metrics.md](../metrics.md).' : '';
}

/** The page, as a function of the data alone. */
export function reportPage(learning: Learning, plots: Plots): string {
  const parts = [
    '# What is learned, measured',
    'Written by `npm run compare`; do not edit. Every number and every sentence about one follows from the files in ' +
      '[`data/`](data) and [`trials.json`](trials.json).' +
      measures(learning),
    ...sectionsOf(learning).flatMap(([title, section]) => [`## ${title}`, ...section({ learning, plots })]),
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
