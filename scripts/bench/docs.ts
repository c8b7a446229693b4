/** The sections of `docs/benchmarks.md`: what a run writes stands between markers, what people write around them stays. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reportMarkdown } from './table';
import type { Plots } from './plots';
import type { Report } from './types';

/** Folder beside the page, for its pictures. */
const PICTURES = 'benchmarks';

const HEAD = `# Benchmarks

Our engine against other libraries on the same device, in turn, results compared. \`npm run bench -- --docs NAME\`
writes the part of section NAME between its markers; everything else on this page is written by hand and stays.

- **ours, peer**: medians over rounds. On software devices times are CPU time of all threads of the process, because
  other work on the machine moves the clock; elsewhere they are on the clock.
- **better by**: how many times less than the peer ours takes, or how many times more per second it does, with the
  least and the largest value of one round in brackets.
- **of the roof**: the least time that the device's measured limits of arithmetic and of memory allow, over the time
  taken.
- **results**: whether both sides computed the same, where that was compared.
- **profile**: time on the GPU by program, from timestamps around every dispatch.
`;

const begin = (name: string, by: string) => `<!-- ${by} ${name}: written by npm run ${by} -->`;
const end = (name: string, by: string) => `<!-- end of ${by} ${name} -->`;

/**
 * The page with the section's generated part replaced; a section that is new comes last, under a heading of its name.
 * @param by the npm script that writes it
 * @throws Error when a section begins and does not end
 */
export function withSection(page: string, name: string, content: string, by = 'bench'): string {
  const block = `${begin(name, by)}\n\n${content.trim()}\n\n${end(name, by)}`;
  const from = page.indexOf(begin(name, by));
  if (from < 0) return `${page.trimEnd()}\n\n## ${name}\n\n${block}\n`;
  const to = page.indexOf(end(name, by), from);
  if (to < 0) throw new Error(`Section ${name} of the page begins and has no line '${end(name, by)}'.`);
  return page.slice(0, from) + block + page.slice(to + end(name, by).length);
}

/** Writes section `name` of the page at `path` and its pictures; makes the page when there is none. */
export function writeDocs(path: string, name: string, report: Report, plots: Plots): void {
  const links = [...plots].map(([file, { title }]) => `![${title}](${PICTURES}/${name}/${file})`);
  const content = [reportMarkdown(report), ...links].join('\n\n');
  const page = existsSync(path) ? readFileSync(path, 'utf8') : HEAD;
  writeFileSync(path, withSection(page, name, content));
  writePlots(join(dirname(path), PICTURES, name), plots);
}

export function writePlots(folder: string, plots: Plots): void {
  if (plots.size > 0) mkdirSync(folder, { recursive: true });
  for (const [file, { svg }] of plots) writeFileSync(join(folder, file), svg);
}
