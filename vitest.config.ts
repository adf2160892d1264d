import { defineConfig } from 'vitest/config';

// A busy machine is no failure: only what hangs runs into the limit.
const testTimeout = 30_000;

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'member', include: ['member/**/*.test.ts'], environment: 'node', testTimeout } },
      { test: { name: 'electron', include: ['electron/**/*.test.ts'], environment: 'node', testTimeout } },
      { test: { name: 'renderer', include: ['renderer/**/*.test.{ts,tsx}'], environment: 'jsdom', testTimeout } },
    ],
    // Two cores: more workers than that only make the timing of real-process tests worse.
    maxWorkers: 2,
    reporters: ['default'],
  },
});
