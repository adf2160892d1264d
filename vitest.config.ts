import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'member', include: ['member/**/*.test.ts'], environment: 'node' } },
      { test: { name: 'electron', include: ['electron/**/*.test.ts'], environment: 'node' } },
      { test: { name: 'renderer', include: ['renderer/**/*.test.{ts,tsx}'], environment: 'jsdom' } },
    ],
    // Two cores: more workers than that only make the timing of real-process tests worse.
    maxWorkers: 2,
    reporters: ['default'],
  },
});
