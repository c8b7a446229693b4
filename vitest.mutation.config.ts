import { defineConfig } from 'vitest/config';

// What `npm run test:mutation` runs against each mutant: the unit tests of what is mutated and of its closest users.
export default defineConfig({
  test: {
    setupFiles: ['tests/seed.ts'],
    include: ['src/grpo/**/*.test.ts', 'src/env/**/*.test.ts', 'src/run/**/*.test.ts'],
    environment: 'node',
    testTimeout: 30_000,
  },
});
