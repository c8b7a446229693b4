/** `npm run page-figures`: measures the built page as a visitor has it, and writes docs/page.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSection } from './bench/docs';
import { MB, measurePage } from './page-figures/measure';
import { figuresTable } from './page-figures/table';
import { CommandError, ownOptions, runCommand } from './runtime/command';
import { REPOSITORY } from './runtime/page';

const USAGE = `
Measures the built page: bytes and time until Train can be pressed at 10 Mbit/s, frames and long tasks while it trains, whether
it trains without a network after a first visit, and the memory that it takes. Writes docs/page.md.

  npm run page-figures [-- --seconds 60 --tries 10 --minutes 1 --print 1]

  --seconds   of training that frames are counted in
  --tries     first visits, each with a browser profile of its own
  --minutes   of training that memory is followed for
  --print     1: to the console alone
`;

const DOCS = join(REPOSITORY, 'docs', 'page.md');
const SECTION = 'of the built page';

await runCommand(USAGE, async () => {
  const options = ownOptions('page-figures', process.argv.slice(2), ['seconds', 'tries', 'minutes', 'print']);
  const whole = (name: string, usual: number): number => {
    const value = Number(options[name] ?? usual);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new CommandError(`${name} is '${options[name]}'; allowed: an integer from 0.`);
  };
  const figures = await measurePage(
    { seconds: whole('seconds', 60), tries: whole('tries', 10), minutes: whole('minutes', 1), megabits: 10 },
    console.log,
  );
  const table = figuresTable(figures);
  console.log(table);
  if (options['print'] === '1') return;
  writeFileSync(DOCS, withSection(readFileSync(DOCS, 'utf8'), SECTION, table, 'page-figures'));
  console.log(`${(figures.start.bytes / MB).toFixed(2)} MB until Train; written to docs/page.md`);
});
