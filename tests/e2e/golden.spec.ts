/** The golden gradients once more, in the page: the browser's WebGPU takes other kernels than Dawn in Node. */
import { expect, test } from 'playwright/test';
import { readTensorsOf, goldenCases, goldenFiles, goldenProblems, readGolden } from '../fixtures/golden';
import type { VerifyResult } from '../../src/grpo/verify';
import type { NamedFile } from '../../workers/api';

for (const name of goldenCases()) {
  test(`${name} in the page`, async ({ page }) => {
    await page.goto('./');
    await page.waitForFunction(() => window.mailgym !== undefined);
    const files: NamedFile[] = [...goldenFiles(name)].map(([path, bytes]) => ({
      path,
      bytes: new Uint8Array(bytes),
    }));
    const written = await page.evaluate((given) => window.mailgym!.api.verify(given), files);
    const file = (path: string) => written.find((one) => one.path === path)?.bytes as Uint8Array;
    const result = JSON.parse(new TextDecoder().decode(file('result.json'))) as VerifyResult;
    const gradients = readTensorsOf(file('grads.safetensors'), 'grads.safetensors');
    expect(goldenProblems(await readGolden(name), result, gradients)).toEqual([]);
  });
}
