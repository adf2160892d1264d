/** Bundles a program of the tests into a temporary file, as the build does, so that children start as quickly. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `source` is relative to the repository. The folder is left to the system's temporary files. */
export async function bundled(source: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'lab-test-bundle-'));
  const outfile = join(dir, `${source.split('/').at(-1)?.replace(/\.ts$/, '') ?? 'program'}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}
