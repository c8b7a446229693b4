/**
 * The page with the stand-in for the worker (tests/mock/): everything but the engine. The stand-in exists in
 * the development server only, so this file starts one of its own.
 */
import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import { expect, test, type Page } from 'playwright/test';
import { useDevServer } from '../support/dev-server';
import { finished, openMock, SMALL, tab, train } from '../support/mock-page';
import { OWN_MAIL } from '../support/own-mail';

const base = useDevServer();
const open = (page: Page, query: string, hash = '') => openMock(base(), page, query, hash);

test('a warm start has a curve of its own, while it goes on, after it, and when the run is opened again', async ({
  page,
}) => {
  await open(page, 'speed=80', `${SMALL}&maxSteps=3&warmStartEpisodes=160&warmStartBatchSize=16`);
  const curve = (name: string) =>
    page.getByRole('tabpanel', { name, exact: true }).getByRole('region', { name: 'Loss of the warm start' });
  await expect(curve('Training')).toBeHidden();
  await train(page);
  await expect(curve('Training').getByRole('img')).toHaveAttribute('aria-label', /loss: [2-9] values from/);
  await finished(page);
  await expect(curve('Training').getByRole('img')).toHaveAttribute(
    'aria-label',
    /loss: 10 values from .+ latest 0\.3/,
  );
  await expect(curve('Training').locator('canvas')).toBeVisible();
  await tab(page, 'Compare');
  await expect(curve('Compare').getByRole('img')).toHaveAttribute('aria-label', /: 10 values from/);
});

test('a run: curves, trajectories, evaluation table, download', async ({ page }) => {
  await open(page, 'speed=5', `${SMALL}&maxSteps=6`);
  await train(page);
  await expect(page.getByRole('progressbar', { name: 'Steps done' })).toBeVisible();
  await finished(page);
  await expect(page.getByRole('progressbar', { name: 'Steps done' })).toHaveAttribute('aria-valuenow', '6');

  const reward = page.getByRole('tabpanel').getByRole('region', { name: 'Reward' });
  await expect(reward.getByRole('img')).toHaveAttribute('aria-label', /mean: 6 values from .+ latest/);
  await expect(reward.locator('canvas')).toBeVisible();
  const evaluations = page.getByRole('region', { name: 'Evaluations' });
  await expect(evaluations.getByRole('row')).toHaveCount(4);
  await expect(evaluations.getByText('best', { exact: true })).toHaveCount(1);

  await tab(page, 'Trajectories');
  await page.locator('.traj-item').first().click();
  const tokens = page.getByRole('tabpanel').getByRole('group', { name: /Tokens of rollout/ });
  await expect(tokens.locator('.tok').first()).toBeAttached();
  const roles = await tokens.evaluate((node) =>
    [...node.querySelectorAll('.tok')].map((tok) => /role-([a-z-]+)/.exec(tok.className)?.[1]),
  );
  expect(roles).toContain('prompt');
  expect(roles.some((role) => role === 'trained' || role === 'untrained')).toBe(true);
  expect(roles).not.toContain('tool-trained');

  // By keyboard: the first arrow shows the first token of the model, the next one its neighbour.
  await tokens.focus();
  await page.keyboard.press('ArrowRight');
  const caption = page.getByRole('tabpanel').locator('.tok-caption');
  await expect(caption).toContainText('written by the model');
  await expect(caption).toContainText('log-prob');
  const first = await caption.textContent();
  await page.keyboard.press('ArrowRight');
  await expect(caption).not.toHaveText(first ?? '');

  await page.getByRole('group', { name: 'Colour by' }).getByText('Log-prob').click();
  await expect(page.getByRole('tabpanel').locator('[class*="sur-"]').first()).toBeAttached();

  const arrives = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download adapter' }).click();
  const file = await arrives;
  expect(file.suggestedFilename()).toBe('grpo_masked-best_model.zip');
  const zip = unzipSync(readFileSync(await file.path()));
  expect(Object.keys(zip).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'metadata.json',
    'metrics.jsonl',
  ]);
  expect(
    strFromU8(zip['metrics.jsonl'] ?? new Uint8Array())
      .trim()
      .split('\n'),
  ).toHaveLength(6);
});

test('pause, resume and stop', async ({ page }) => {
  // More steps than a slow machine can do between two clicks.
  await open(page, 'speed=30', '#maxSteps=5000&runBaselineEval=false');
  await train(page);
  // Before the first step is done there is nothing to save, and the page says so.
  await expect(page.getByRole('progressbar', { name: 'Steps done' })).toHaveAttribute(
    'aria-valuenow',
    /[1-9]/,
  );
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('heading', { name: 'Paused' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Pause' })).toBeHidden();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('The last step is saved.', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Train again' })).toBeEnabled();
});

test('settings are checked at their field and kept in the address', async ({ page }) => {
  await open(page, '', '#maxSteps=-3&nonsense=1');
  await expect(page.getByRole('alert')).toContainText('nonsense');
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  const steps = page.getByRole('complementary').getByLabel('Steps', { exact: true });
  await expect(steps).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('maxSteps is -3; allowed: an integer from 1')).toBeVisible();
  await steps.fill('7');
  await expect(page.getByRole('button', { name: 'Train', exact: true })).toBeEnabled();
  await page.getByRole('radio', { name: /Unmasked/ }).check();
  await expect(page).toHaveURL(/#mode=rollout&maxSteps=7$/);
  await page.reload();
  await expect(page.getByRole('radio', { name: /Unmasked/ })).toBeChecked();
  await expect(page.getByRole('complementary').getByLabel('Steps', { exact: true })).toHaveValue('7');
});

test('another task brings its settings and its source of tasks, and drops what it does not have', async ({
  page,
}) => {
  await open(page, '', '#maxSteps=7');
  const side = page.getByRole('complementary');
  await expect(side.getByRole('radio', { name: 'Use my own mail' })).toBeVisible();
  await side.getByLabel('Task', { exact: true }).selectOption({ label: 'Mail, first call' });
  await expect(page).toHaveURL(/#environment=mail-first-call&maxSteps=7$/);
  await expect(side.getByText('a reward for a well-formed first search')).toBeVisible();
  await expect(side.getByRole('radio', { name: 'Use my own mail' })).toHaveCount(0);
  await side.getByText('All settings').click();
  await expect(side.getByLabel('Dataset', { exact: true })).toHaveValue('mailgym-office');
  await expect(side.getByLabel('Steps', { exact: true })).toHaveValue('7');
  await page.reload();
  await expect(side.getByLabel('Task', { exact: true })).toHaveValue('mail-first-call');
  await side.getByLabel('Task', { exact: true }).selectOption('mail');
  await expect(page).toHaveURL(/#maxSteps=7$/);
  await expect(side.getByLabel('Dataset', { exact: true })).toHaveCount(0);
});

test('a question during a run is answered between two steps', async ({ page }) => {
  await open(page, 'speed=40', `${SMALL}&maxSteps=40&evalSteps=0&saveSteps=0&runBaselineEval=false`);
  await train(page);
  await tab(page, 'Ask');
  const panel = page.getByRole('tabpanel', { name: 'Ask' });
  await expect(panel.getByText('the answer comes between two of its steps')).toBeVisible();
  await panel.getByLabel('Question', { exact: true }).fill('What is the new budget of Project Alder?');
  await panel.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(panel.getByText('The right answer is 48,200.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeHidden();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText('The last step is saved.', { exact: true })).toBeVisible({ timeout: 30_000 });
});

test('two runs are compared, and deleted', async ({ page }) => {
  await open(page, 'speed=1', `${SMALL}&maxSteps=3`);
  await train(page);
  await finished(page);
  // One press trains the same without the mask and goes to where the two are shown together.
  await page.getByRole('button', { name: 'Train the same without the mask' }).first().click();
  await expect(page.getByRole('heading', { name: 'Finished', exact: true })).toBeHidden();
  const panel = page.getByRole('tabpanel', { name: 'Compare' });
  await expect(page).toHaveURL(/mode=rollout/);
  await finished(page);
  await expect(panel.getByText('differ only in what is trained')).toBeVisible();
  await expect(panel.getByRole('row', { name: /What is trained/ })).toContainText('tool results too');
  await expect(panel.getByRole('row', { name: /Accuracy in evaluations/ })).toContainText('→');
  await expect(panel.getByRole('button', { name: 'Train the same in simple mode' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Train the same without the mask' })).toHaveCount(0);
  await expect(panel.getByRole('checkbox')).toHaveCount(2);
  const kl = panel.getByRole('region', { name: 'KL to the start' });
  await expect(kl.getByRole('img')).toHaveAttribute('aria-label', /masked.*3 values.*unmasked.*3 values/);
  await panel.getByRole('checkbox', { name: /unmasked/ }).uncheck();
  await expect(kl.getByRole('img')).not.toHaveAttribute('aria-label', /unmasked/);

  await tab(page, 'Adapters & storage');
  const run = page.getByRole('region', { name: 'outputs/grpo_rollout' });
  await run.getByRole('button', { name: 'Delete' }).click();
  await run.getByRole('button', { name: 'Keep' }).click();
  await expect(run).toBeVisible();
  await run.getByRole('button', { name: 'Delete' }).click();
  await run.getByRole('button', { name: 'Delete' }).click();
  await expect(run).toBeHidden();
});

test('masked against unmasked by one button: all runs, and a conclusion in words', async ({ page }) => {
  await open(page, 'speed=1', `${SMALL}&maxSteps=3`);
  await page.getByRole('combobox', { name: 'seed', exact: true }).selectOption('2');
  await page.getByRole('button', { name: 'Masked against unmasked' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Compare' });
  // Bands as they come: both pools are there before the last run has ended.
  await expect(panel.getByRole('checkbox', { name: 'masked, 2 seeds', exact: true })).toBeVisible();
  await expect(panel.getByRole('checkbox', { name: 'unmasked, 2 seeds' })).toBeChecked();
  await finished(page);
  await expect(page.getByText('Run 4 of 4')).toHaveCount(0);
  const conclusion = panel.getByRole('region', { name: 'Conclusion' });
  await expect(conclusion.getByRole('status')).toContainText('2 seeds');
  await expect(conclusion).toContainText(/Masked: from \d+ % right before training to \d+ %/);
  await expect(conclusion).toContainText(/Unmasked: from \d+ %/);
  const kl = panel.getByRole('region', { name: 'KL to the start' });
  await expect(kl).toContainText('band: from the lowest to the highest');
  await expect(kl.getByRole('img')).toHaveAttribute(
    'aria-label',
    /masked, 2 seeds: 3 values.*unmasked, 2 seeds: 3 values/,
  );
  await panel.getByRole('group', { name: 'Seeds' }).getByText('Mean ± standard error').click();
  await expect(kl).toContainText('one standard error to each side');
  await panel.getByRole('group', { name: 'Seeds' }).getByText('Apart').click();
  await expect(kl.getByRole('img')).toHaveAttribute('aria-label', /grpo_masked-2: 3 values/);
});

test('without a graphics card Quick is offered, and taken by one press', async ({ page }) => {
  await open(page, 'device=software&speed=5');
  const advice = page.getByRole('status', { name: 'No graphics card was found' });
  await advice.getByRole('button', { name: 'Use Quick' }).click();
  await expect(page).toHaveURL(/#preset=quick$/);
  await expect(advice).toHaveCount(0);
});

test('a lost device is explained, and the run goes on from its last save', async ({ page }) => {
  await open(page, 'speed=2&lost=5', '#preset=quick&maxSteps=7&saveSteps=2');
  await train(page);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('took the GPU away', { timeout: 30_000 });
  await alert.getByRole('button', { name: 'Go on from the last save' }).click();
  await finished(page);
  await expect(page.getByRole('progressbar', { name: 'Steps done' })).toHaveAttribute('aria-valuenow', '7');
  const reward = page.getByRole('tabpanel').getByRole('region', { name: 'Reward' });
  await expect(reward.getByRole('img')).toHaveAttribute('aria-label', /mean: 7 values/);
});

test('a failing run names the cause and leaves the page usable', async ({ page }) => {
  await open(page, 'speed=2&fail=2', `${SMALL}&maxSteps=6`);
  await train(page);
  await expect(page.getByRole('alert')).toContainText('microBatchTokens to 2048');
  await page.getByRole('button', { name: 'Train again' }).click();
  await finished(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a question to the bare model and to the adapter: tokens, tools, verdicts, sources', async ({
  page,
}) => {
  await open(page, 'speed=8', `${SMALL}&maxSteps=3`);
  await train(page);
  await finished(page);
  await page.getByRole('button', { name: 'Ask it a question' }).click();
  const panel = page.getByRole('tabpanel', { name: 'Ask' });
  await panel.getByLabel('Question', { exact: true }).fill('What is the new budget of Project Alder?');
  await expect(panel.getByText('A test question')).toBeVisible();
  await expect(panel.getByLabel('Answered by')).toHaveValue('outputs/grpo_masked/best_model');
  await panel.getByLabel('and the bare model beside it').check();
  await panel.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(panel.getByRole('button', { name: 'Stop' })).toBeVisible();
  const bare = panel.getByRole('article', { name: 'Answer of Bare model' });
  const trained = panel.getByRole('article', { name: /Answer of grpo_masked/ });
  await expect(bare.getByText('The model writes')).toBeVisible();
  await expect(trained.getByText('Right; the answer on file is 48,200.')).toBeVisible();
  await expect(bare.getByText('The right answer is 48,200.')).toBeVisible();
  await expect(bare.getByText('searches for “Alder” and “budget”')).toBeVisible();
  // Text of mails is text, whatever it looks like.
  await expect(bare.getByText('Re: lunch <on> Friday')).toBeVisible();
  await expect(trained.getByText('holds the answer')).toBeVisible();
  // The first source is open from the start.
  const source = trained.locator('.ask-sources .shown-body');
  await expect(source).toBeVisible();
  await expect(source).toContainText('from now on');
  await trained.getByText('Every token').click();
  await expect(trained.locator('[class*="sur-"]').first()).toBeVisible();
  await expect(trained.getByText(/all trained/)).toHaveCount(0);
});

test('own words get no verdict; an asking can be stopped; an adapter must be whole', async ({ page }) => {
  await open(page, 'speed=60');
  await tab(page, 'Ask');
  const panel = page.getByRole('tabpanel', { name: 'Ask' });
  await panel.getByLabel('Question', { exact: true }).fill('Who is it <b>now</b>?');
  await expect(panel.getByText('In your own words')).toBeVisible();
  await panel.getByLabel('Inbox to search').selectOption('jonas@fernhill.example');
  await expect(panel.getByLabel('Today is')).toHaveValue('2024-05-18');
  await panel.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(panel.locator('.ask-writing')).toBeVisible();
  await panel.getByRole('button', { name: 'Stop' }).click();
  await expect(panel.getByText('Stopped before it had answered.')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await panel.getByLabel('Temperature').fill('11');
  await expect(panel.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled();
  await expect(panel.getByText('The temperature goes from 0 to 10.')).toBeVisible();

  await panel.getByLabel('Answered by').selectOption('upload');
  await panel
    .locator('#ask-upload')
    .setInputFiles([
      { name: 'adapter_config.json', mimeType: 'application/json', buffer: Buffer.from('{}') },
    ]);
  await expect(page.getByRole('alert')).toContainText('there is no adapter_model.safetensors');
});

const LETTERS = OWN_MAIL.files.map(({ path, text }) => ({
  name: path,
  mimeType: 'message/rfc822',
  buffer: Buffer.from(text),
}));

test('own mail: counts and what was not used', async ({ page }) => {
  await open(page, 'speed=1');
  await page.getByRole('radio', { name: 'Use my own mail' }).check();
  await page.setInputFiles('#mail-files', [
    ...LETTERS,
    { name: '<b>.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4 \0') },
  ]);
  await expect(page.getByText('20 messages and 0 questions')).toBeVisible();
  await page.getByText('1 file or message not used').click();
  await expect(page.getByText('<b>.pdf')).toBeVisible();
});

test('own mail can be dropped, but not while a run reads it', async ({ page }) => {
  await open(page, 'speed=20', SMALL);
  await page.getByRole('radio', { name: 'Use my own mail' }).check();
  await page.setInputFiles('#mail-files', LETTERS);
  await expect(page.getByText('20 messages and 0 questions')).toBeVisible();
  await tab(page, 'My mail');
  await page.getByRole('button', { name: 'Make questions' }).click();
  await expect(page.locator('.question-table tbody tr').first()).toBeVisible();
  await expect(page.getByText('The built-in model has only learnt short invented mail')).toBeVisible();
  await page.setInputFiles('#model-file', [
    { name: 'real.gguf', mimeType: 'application/octet-stream', buffer: Buffer.from('x') },
  ]);
  await train(page);
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
  const zone = page.locator('.own-mail .drop-zone');
  const drop = () =>
    zone.evaluate((node, text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'one.eml'));
      node.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, OWN_MAIL.one);
  await drop();
  await finished(page);
  await expect(page.getByText('20 messages and 0 questions')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await drop();
  await expect(page.getByText('1 message and 0 questions')).toBeVisible();
});

test('what is dropped and cannot be read is told', async ({ page }) => {
  await open(page, 'speed=1');
  // A folder is handed over as a file that cannot be read.
  await page.locator('.environment-zone').evaluate((node) => {
    const gone = Object.assign(new File(['x'], 'folder'), {
      text: () => Promise.reject(new DOMException('A requested file could not be read.', 'NotReadableError')),
    });
    const event = new DragEvent('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(event, 'dataTransfer', { value: { files: [gone], items: [] } });
    node.dispatchEvent(event);
  });
  await expect(page.getByRole('alert')).toContainText('could not be read');
  await expect(page.locator('.environment-zone')).not.toContainText('Reading');
});
