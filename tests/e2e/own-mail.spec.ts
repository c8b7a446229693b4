/** A visitor's own mail on the built page, by its real worker: from a Takeout archive to questions, and gone again. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from 'playwright/test';
import { OWN_MAIL, takeoutZip } from '../support/own-mail';

async function open(page: Page): Promise<void> {
  await page.waitForFunction(() => window.mailgym !== undefined);
  await page.evaluate(() => window.mailgym?.ready);
}

test('a Takeout archive: whose it is, questions, search, and nothing left or sent', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => {
    throw error;
  });
  await page.goto('/?headless=1#preset=smoke&dataset=imported&seed=1');
  await open(page);
  const side = page.getByRole('complementary');
  await expect(side.getByText('No mail is stored yet')).toBeVisible();

  // Dropped: counted, with what was refused and why.
  const archive = { name: 'takeout.zip', mimeType: 'application/zip', buffer: Buffer.from(takeoutZip()) };
  await page.setInputFiles('#mail-files', [archive]);
  await expect(side.getByText('20 messages and 0 questions')).toBeVisible();
  await expect(side.getByText('Files that are no mail: 1')).toBeVisible();
  await expect(side.getByText('Your mail has no questions yet')).toBeVisible();

  // Only what is new counts.
  const one = { name: 'one.eml', mimeType: 'message/rfc822', buffer: Buffer.from(OWN_MAIL.one) };
  await page.setInputFiles('#mail-files', [archive, one]);
  await expect(side.getByText('1 message and 0 questions')).toBeVisible();
  await expect(side.getByText('20 messages were here already')).toBeVisible();

  // A file that is refused does not stick.
  const wrong = { name: 'questions.jsonl', mimeType: 'application/jsonl', buffer: Buffer.from('{"a": 1}\n') };
  await page.setInputFiles('#mail-files', [wrong]);
  await expect(page.getByRole('alert')).toContainText('questions.jsonl');
  await page.setInputFiles('#mail-files', [one]);
  await expect(side.getByText('1 message was here already')).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);

  // Whose it is, and corrected.
  await side.getByRole('button', { name: 'Whose it is, search, questions' }).click();
  const panel = page.getByRole('tabpanel', { name: 'My mail' });
  const whose = panel.getByRole('region', { name: 'Whose mailbox it is' });
  await expect(whose).toContainText(`The mailbox of ${OWN_MAIL.owner}, ${OWN_MAIL.work}`);
  await whose.getByText('Correct it').click();
  await expect(whose).toContainText('11 mails delivered to it');
  await whose.getByRole('checkbox', { name: OWN_MAIL.work }).uncheck();
  await whose.getByLabel('Another address').fill('n.finch@old.example');
  await whose.getByRole('button', { name: 'These are mine' }).click();
  await expect(whose).toContainText(
    `The mailbox of ${OWN_MAIL.owner}, n.finch@old.example As you have said.`,
  );

  // Questions: made, one edited, one accepted, one deleted, one written.
  const questions = panel.getByRole('region', { name: 'Questions about it' }).first();
  await questions.getByRole('button', { name: 'Make questions' }).click();
  const rows = questions.locator('tbody tr');
  await expect(rows.first()).toBeVisible();
  await questions.getByLabel('Words in question or answer').fill('$1,250');
  await expect(rows).toHaveCount(1);
  await rows.getByRole('cell').first().getByRole('button').click();
  const desk = questions.getByRole('group', { name: 'The question and its mail' });
  await expect(desk.getByRole('article')).toContainText('The printer lease costs $1,250');
  await expect(desk.locator('mark')).toHaveText('$1,250');
  await desk.getByLabel('Question').fill('How much is the lease of the printer?');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(rows.first()).toContainText('How much is the lease of the printer? edited');
  await expect(rows.first()).toContainText('accepted');
  await questions.getByLabel('Words in question or answer').fill('$3,480');
  const doomed = (await rows.first().getByRole('cell').first().textContent()) ?? '';
  await rows.first().getByRole('button', { name: 'Delete' }).click();
  await expect(questions.getByRole('button', { name: doomed, exact: true })).toHaveCount(0);
  await questions.getByRole('button', { name: 'Write one' }).click();
  const search = panel.getByRole('region', { name: 'Search all of it' });
  await search.getByLabel('Words to look for').fill('lamp bicycle');
  await search.getByRole('button', { name: 'Search', exact: true }).click();
  await search.getByRole('button', { name: 'Bicycle lamp' }).click();
  await expect(search.locator('mark').first()).toBeVisible();
  await search.getByRole('button', { name: 'This mail answers the open question' }).click();
  const writing = questions.getByRole('group', { name: 'A question of your own' });
  await writing.getByLabel('Question').fill('When can the lamp be fetched?');
  await writing.getByLabel('Answer').fill('Tuesday');
  await writing.getByRole('button', { name: 'Keep it' }).click();
  await expect(desk.locator('mark')).toHaveText('Tuesday');

  // All of it is there on the next visit.
  await page.reload();
  await open(page);
  await expect(whose).toContainText('As you have said.');
  await questions.getByLabel('Questions shown').selectOption('Accepted');
  await expect(rows).toHaveCount(2);
  await expect(questions).toContainText('How much is the lease of the printer?');
  await expect(questions).toContainText('When can the lamp be fetched? written by you');
  await search.getByLabel('Words to look for').fill('unicorn');
  await search.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(search).toContainText('No mail was found for “unicorn”.');

  // Downloaded in the form that the page and the commands read.
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    questions.getByRole('button', { name: 'Download as JSONL' }).click(),
  ]);
  const text = await readFile(await file.path(), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(file.suggestedFilename()).toBe('my-questions.jsonl');
  expect(lines.map(({ question }) => question)).not.toContain(doomed);
  expect(lines.find(({ answer }) => answer === 'Tuesday')).toMatchObject({
    question: 'When can the lamp be fetched?',
    message_ids: ['<new-1@home.example>'],
    inbox_address: OWN_MAIL.owner,
  });

  // The built-in model is refused, with the way to one that can read mail.
  await expect(side.getByRole('button', { name: 'Train', exact: true })).toBeDisabled();
  await expect(side.getByText('cannot read yours. Choose a real one under “Model”')).toBeVisible();
  await page.getByRole('tab', { name: 'Ask', exact: true }).click();
  await expect(page.getByText(/Imported mail: 21 mails in 2 inboxes/)).toBeVisible();

  // Deleted: nothing of it is left.
  await page.getByRole('tab', { name: 'My mail', exact: true }).click();
  await panel.getByRole('button', { name: 'Delete the mail' }).click();
  await panel.getByRole('button', { name: 'Delete for good' }).click();
  await expect(panel.getByText('No mail is stored in this browser.')).toBeVisible();
  await page.reload();
  await open(page);
  await expect(panel.getByText('No mail is stored in this browser.')).toBeVisible();
  const left = await page.evaluate(async () => {
    const found: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}${name}/`);
        else found.push(`${path}${name}`);
      }
    };
    await walk(await navigator.storage.getDirectory(), '');
    return found;
  });
  expect(left.filter((path) => /mail/.test(path))).toEqual([]);

  const { origin } = new URL(page.url());
  expect(requests.filter((url) => new URL(url).origin !== origin && !url.startsWith('blob:'))).toEqual([]);
  expect(requests.length).toBeGreaterThan(3);
});
