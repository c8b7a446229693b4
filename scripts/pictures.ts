/**
 * `npm run pictures`: pictures of every view of the built page in both languages, for docs/page.md and the guides. They show
 * runs that this machine makes once and keeps; the same seed gives the same numbers on the same device.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRuns, PICTURES, started, type Picture } from './pictures/views';
import { smaller } from './pictures/smaller';
import { ownOptions, runCommand } from './runtime/command';
import { launchChromium } from './runtime/chromium';
import { DIST, ensurePage, REPOSITORY } from './runtime/page';
import { serve } from './serve';
import { ensureBrowser } from './setup/browser';
import { SetupError } from './setup/system';

const USAGE = `
Takes pictures of the page's views in both languages into docs/pictures.

  npm run pictures -- [--only NAME] [--fresh yes]

  --only NAME     only the pictures of that name (${PICTURES.map(({ name }) => name).join(', ')})
  --fresh yes     makes the runs that they show anew: some minutes without a graphics card
`;

const FOLDER = join(REPOSITORY, 'docs/pictures');
const PROFILE = join(REPOSITORY, '.cache/pictures');
/** Always the same: the browser keeps runs by the page's address. */
const PORT = 4399;
const LANGUAGES = ['en', 'zh-CN'] as const;
/** Of all pictures together, in bytes. */
const BUDGET = 3e6;

await runCommand(USAGE, async () => {
  const { only, fresh } = ownOptions('pictures', process.argv.slice(2), ['only', 'fresh']);
  const wanted = PICTURES.filter(({ name }) => only === undefined || name === only);
  if (wanted.length === 0) throw new SetupError(`There is no picture "${only ?? ''}".`);
  requireChineseFont();
  await ensurePage(console.log);
  if (fresh === 'yes') rmSync(PROFILE, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const site = await serve({ root: DIST, port: PORT });
  const context = await launchChromium(ensureBrowser(console.log), PROFILE);
  try {
    const page = await context.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    await makeRuns(page, site.url, console.log);
    let total = 0;
    for (const language of LANGUAGES) {
      for (const picture of wanted) {
        const png = await smaller(await taken(picture, language));
        total += png.length;
        writeFileSync(join(FOLDER, `${picture.name}.${language}.png`), png);
        console.log(`${picture.name}.${language}.png  ${Math.round(png.length / 1000)} kB`);
      }
    }
    if (total > BUDGET) throw new SetupError(`The pictures take ${total} bytes; allowed: ${BUDGET}.`);

    async function taken({ address, prepare }: Picture, language: string): Promise<Buffer> {
      // Loaded anew, so that nothing of the picture before is in it.
      await page.goto('about:blank');
      await page.goto(`${site.url}?headless=1#lang=${language}${address === '' ? '' : `&${address}`}`);
      await started(page);
      await prepare?.(page);
      await page.evaluate('document.fonts.ready');
      await page.evaluate('scrollTo(0, 0)');
      await page.waitForTimeout(500);
      return page.screenshot({ caret: 'hide' });
    }
  } finally {
    await context.close();
    await site.close();
  }
});

/** Without one the Chinese pictures would be full of boxes. @throws SetupError */
function requireChineseFont(): void {
  if (process.platform !== 'linux') return;
  const fonts = execFileSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' });
  if (fonts.trim() !== '') return;
  throw new SetupError(
    'Pictures of the Chinese page need a font with Chinese characters, and this machine has none. Install one: apt-get install fonts-noto-cjk, or fonts-wqy-microhei, which is smaller.',
  );
}
