import { defineConfig } from '@playwright/test';
import type { HostOptions } from './e2e/fixtures/window-test.ts';

const inWindow = '**/window/*.spec.ts';
/** Said of the page, whichever host shows it. */
const ofThePage = '**/window/accessibility.spec.ts';

// Journeys start real members and real browsers: on two cores one at a time is both faster and truer.
export default defineConfig<object, HostOptions>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  outputDir: '.cache/e2e',
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'processes', testIgnore: inWindow },
    { name: 'browser host', testMatch: inWindow, use: { hostKind: 'browser' } },
    { name: 'stand-in', testMatch: inWindow, testIgnore: ofThePage, use: { hostKind: 'stand-in' } },
    { name: 'electron', testMatch: inWindow, testIgnore: ofThePage, use: { hostKind: 'electron' } },
    // Not part of the suite: takes the pictures of resources/screenshots.
    ...(process.env['PICTURES'] === undefined ? [] : [{ name: 'pictures', testMatch: '**/window/pictures.ts' }]),
  ],
});
