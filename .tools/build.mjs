// Builds everything that runs into dist/: one CommonJS file per process entry (esbuild) and the page (Vite).
//
//   node .tools/build.mjs [member|lab|renderer …] [--stale]
//
// Without names: all three. --stale leaves out what is newer than its sources.
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeBytecode } from './bytecode.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Names the build in `version`; a tree without git, such as an archive, has none. */
const commit =
  spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() || 'unknown';
/** Not bundled. gRPC loads definitions at run time only for its own diagnostics, which no member offers. */
const external = ['electron', 'lmdb', '@lydell/node-pty', 'bufferutil', 'utf-8-validate', '@grpc/proto-loader'];

/** Part → its source folders, its outputs, and how it is built. */
const parts = {
  member: {
    sources: ['member', 'package-lock.json'],
    outputs: ['dist/member/kapacitord.js', 'dist/member/kapacitord-main.bytecode'],
    build: async () => {
      const bytecode = join(root, 'dist/member/kapacitord-main.bytecode');
      // That of another source of the same length would be taken for this one's.
      rmSync(bytecode, { force: true });
      await bundle({
        'member/kapacitord': 'member/cli/kapacitord.ts',
        'member/kapacitord-main': 'member/cli/kapacitord-main.ts',
        'member/kapacitor': 'member/cli/kapacitor.ts',
        'member/kapacitorctl': 'member/cli/kapacitorctl.ts',
        'member/gossip-peer': 'member/cli/gossip-peer.ts',
      });
      await makeBytecode(join(root, 'dist/member/kapacitord.js'), bytecode);
    },
  },
  lab: {
    sources: ['electron', 'member/api', 'member/base', 'member/config', 'package-lock.json'],
    outputs: ['dist/lab/kapacitor-lab.js', 'dist/electron/main.cjs'],
    build: async () => {
      await bundle({
        'lab/kapacitor-lab': 'electron/cli.ts',
        'lab/browser': 'electron/browser.ts',
        'lab/guard': 'electron/guard.ts',
        'lab/start': 'electron/start.ts',
      });
      await bundle({ 'electron/main': 'electron/main.ts', 'electron/guard': 'electron/guard.ts' }, '.cjs');
      // A sandboxed preload has no file of its own to speak of, and may require nothing but electron.
      await bundle({ 'electron/preload': 'electron/preload.ts' }, '.cjs', false);
    },
  },
  renderer: {
    sources: [
      'renderer',
      'electron/contract',
      'member/api',
      'member/base',
      'member/tick',
      'vite.config.ts',
      'package-lock.json',
    ],
    outputs: ['dist/renderer/index.html'],
    build: async () => {
      const vite = await import('vite');
      await vite.build({ root: join(root, 'renderer'), configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
    },
  },
};

async function bundle(entries, extension = '.js', locatesFiles = true) {
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([output, source]) => [output, source])),
    outdir: 'dist',
    outExtension: { '.js': extension },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    // Built-in modules are required as well: a program that runs from bytecode has nothing that would import them.
    supported: { 'dynamic-import': false },
    external,
    sourcemap: 'linked',
    // A third less to read and compile at each start; names stay, for stacks and profiles.
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'warning',
    define: { 'import.meta.url': '__entryUrl', BUILD_COMMIT: JSON.stringify(commit) },
    // CommonJS has no import.meta; modules that locate files beside the entry read this instead.
    banner: locatesFiles ? { js: "const __entryUrl = require('node:url').pathToFileURL(__filename).href;" } : {},
  });
  // The package is "type": "module"; what is built is not.
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'dist/package.json'), '{"type":"commonjs"}\n');
  for (const output of Object.keys(entries)) {
    const file = join(root, 'dist', output + extension);
    if (extension === '.js') chmodSync(file, 0o755);
    requireLatin1(file);
  }
}

/** One character beyond Latin-1 makes V8 hold and read all of a program with two bytes a character. */
function requireLatin1(file) {
  const [found] = /.{0,30}[^\0-\xff].{0,30}/.exec(readFileSync(file, 'utf8')) ?? [];
  if (found !== undefined) throw new Error(`${file}: write ${JSON.stringify(found)} with an escape such as \\u03bc`);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let time = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'testdata' || /\.test\.tsx?$/.test(entry.name)) continue;
    time = Math.max(time, newest(join(path, entry.name)));
  }
  return time;
}

function isStale(part) {
  const built = part.outputs.map((output) => join(root, output));
  if (built.some((path) => !existsSync(path))) return true;
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs));
  return part.sources.some((source) => newest(join(root, source)) > oldest);
}

const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(`build: unknown part ${unknown.join(', ')}; known are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(parts)) {
  const part = parts[name];
  if (process.argv.includes('--stale') && !isStale(part)) continue;
  const started = performance.now();
  try {
    await part.build();
  } catch (error) {
    // esbuild and Vite have printed where and why; a stack of their own adds nothing.
    console.error(`build: ${name} failed: ${error.message.split('\n')[0]}`);
    process.exit(1);
  }
  console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
