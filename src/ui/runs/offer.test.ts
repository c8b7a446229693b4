import { expect, it, vi } from 'vitest';
import { fetchRun, offerOf } from './offer';

const offer = offerOf('https://example.org/runs/a.zip', '', 'http://localhost/')!;

it('the file comes without cookies and without telling where the visitor is', async () => {
  const fetcher = vi.fn(() => Promise.resolve(new Response('content')));
  const file = await fetchRun(offer, fetcher);
  expect([file.name, await file.text()]).toEqual(['a.zip', 'content']);
  expect(fetcher).toHaveBeenCalledWith(offer.url, { credentials: 'omit', referrerPolicy: 'no-referrer' });
});

it('a host that cannot be reached or has no such file is told of', async () => {
  await expect(fetchRun(offer, () => Promise.reject(new TypeError('Failed to fetch')))).rejects.toMatchObject(
    {
      code: 'page/run-address',
      message: expect.stringContaining('cannot be reached'),
    },
  );
  await expect(fetchRun(offer, () => Promise.resolve(new Response('', { status: 404 })))).rejects.toThrow(
    '404',
  );
});
