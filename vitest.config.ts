import { defineConfig } from 'vitest/config';

// `unit` needs nothing but Node; `gpu` a WebGPU adapter (Dawn in Node), without which it fails; `real` that and weights
// (MAILGYM_SMOLLM2), which `npm test` fetches.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['tests/seed.ts'],
          include: [
            'src/**/*.test.ts',
            'workers/**/*.test.ts',
            'scripts/**/*.test.ts',
            'tests/unit/**/*.test.ts',
          ],
          environment: 'node',
          // A test that hangs must end; how long an honest one takes on a busy machine is no test's business.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'gpu',
          setupFiles: ['tests/seed.ts'],
          include: ['tests/gpu/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          // Most of the time goes into compiling, which the software driver does on one core.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'real',
          setupFiles: ['tests/seed.ts'],
          include: ['tests/real/**/*.test.ts'],
          environment: 'node',
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
