import { defineConfig } from 'vitest/config';

// What `npm run test:mutation` runs against each mutant: the unit tests of what is mutated. Left out are those that cut
// a bundle, import archives or make mailboxes, and the code that they alone serve (stryker.config.json): a mutant of it
// would wait seconds for each of them.
export default defineConfig({
  test: {
    setupFiles: ['tests/seed.ts'],
    include: ['src/grpo/**/*.test.ts', 'src/env/**/*.test.ts'],
    exclude: ['src/env/host/**', 'src/env/mail/{corpus,questions}/**'],
    environment: 'node',
    testTimeout: 30_000,
  },
});
