import { defineConfig } from '@playwright/test';

// Journeys start real members and real browsers: on two cores one at a time is both faster and truer.
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  outputDir: '.cache/e2e',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
});
