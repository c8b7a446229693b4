/** The browser's store keeps the contract that the stores in memory and on disk keep (src/run/stores/stores.test.ts). */
import { expect, test } from 'playwright/test';
import type * as Opfs from '../../src/run/stores/opfs-store';
import type * as Contract from '../support/store-contract';
import { useDevServer } from '../support/dev-server';

// The development server hands the checks to the browser as the modules that they are.
const base = useDevServer();

const CONTRACT = '/tests/support/store-contract.ts';
const STORE = '/src/run/stores/opfs-store.ts';
const WORKER = '/tests/support/store-contract.worker.ts';

test('OPFS keeps the contract of RunStore: in a worker, in a page, and the checks notice one that breaks it', async ({
  page,
}) => {
  // A page of the server's origin with nothing of ours in it.
  await page.route('**/empty', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  );
  await page.goto(`${base()}empty`);
  const inWorker = await page.evaluate(
    (url) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(url, { type: 'module' });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(`The worker failed: ${message}`));
      }),
    WORKER,
  );
  expect(inWorker).toEqual([]);
  const [inPage, forgetful] = await page.evaluate(
    async ([contract, module]) => {
      const { checkStore } = (await import(contract)) as typeof Contract;
      const { openOpfsStore } = (await import(module)) as typeof Opfs;
      const openEmpty = () => openOpfsStore(`store-contract/${crypto.randomUUID()}`);
      const good = await checkStore(openEmpty);
      const bad = await checkStore(async () => {
        const store = await openEmpty();
        store.append = (path, text) => store.write(path, new TextEncoder().encode(text));
        return store;
      });
      return [good, bad];
    },
    [CONTRACT, STORE] as const,
  );
  expect(inPage).toEqual([]);
  expect(forgetful).toEqual([expect.stringMatching(/^appends text in order: log: expected/)]);
});
