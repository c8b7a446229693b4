import { host } from '#platform';
import { afterEach, expect, test, vi } from 'vitest';
import { host as browser } from './browser';
import { host as node } from './node';

afterEach(() => {
  vi.doUnmock('webgpu');
  vi.unstubAllGlobals();
  vi.resetModules();
});

test('in Node the platform is Node', () => {
  expect(host).toBe(node);
});

test('Node without the package webgpu says what to install, and keeps the reason', async () => {
  vi.doMock('webgpu', () => {
    throw new Error('no such package');
  });
  const { createDawnGpu, DawnError } = await import('./dawn-node');
  const asked = createDawnGpu();
  await expect(asked).rejects.toThrow('Run `npm install webgpu`');
  await expect(asked).rejects.toBeInstanceOf(DawnError);
  await expect(asked).rejects.toHaveProperty('cause');
});

test('a browser gives its own WebGPU, or says what to use', async () => {
  const gpu = {};
  vi.stubGlobal('navigator', { gpu });
  expect(await browser.webgpu()).toBe(gpu);
  vi.stubGlobal('navigator', {});
  await expect(browser.webgpu()).rejects.toThrow('Use a current Chrome');
});
