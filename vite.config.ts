import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const renderer = fileURLToPath(new URL('./renderer', import.meta.url));

/** What both hosts send with the page; the preview sends it too, so that a violation shows before a host is there. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
].join('; ');

/** The page is served from any path and by any host, so every address in it is relative. */
export default defineConfig(({ mode }) => ({
  root: renderer,
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: mode === 'demo' ? '../.cache/demo' : '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome114',
    chunkSizeWarningLimit: 2000,
    // `--mode demo` builds the page over the fake host, for screenshots and for looking at states.
    rolldownOptions: { input: mode === 'demo' ? `${renderer}/testing/demo.html` : `${renderer}/index.html` },
  },
  preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy } },
}));
