/** The preview as a page's worker would load it: one bundle for browsers, run where no code may be generated. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import { present } from '../../base/assert.ts';
import type { PreviewInput } from './input.ts';
import { preview } from './preview.ts';

const context = createContext({ TextEncoder, TextDecoder }, { codeGeneration: { strings: false, wasm: false } });
let imported: readonly string[] = [];

beforeAll(async () => {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, 'preview.ts')],
    bundle: true,
    platform: 'browser',
    target: 'es2023',
    format: 'iife',
    globalName: 'bundle',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  imported = Object.values(bundle.metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external === true).map(({ path }) => path),
  );
  runInContext(present(bundle.outputFiles[0], 'bundle').text, context);
});

function inWorker(input: PreviewInput): unknown {
  context['input'] = input;
  // What a worker posts has to survive the structured clone.
  return structuredClone(runInContext('bundle.preview(input, () => 0)', context));
}

const startNs = 1_600_000_000_000_000_000n;
const points = Array.from(
  { length: 40 },
  (_, i) =>
    `cpu,host=h${i % 3} usage=${(i * 7) % 100},count=${i}i,state="s${i % 4}" ${startNs + BigInt(i) * 1_000_000_000n}\n`,
).join('');

describe('in a worker with a strict content policy', () => {
  test('the context refuses generated code', () => {
    expect(() => runInContext('new Function("return 1")', context)).toThrow(/Code generation from strings disallowed/);
    expect(imported).toEqual([]);
  });

  test.each([
    `stream|from().measurement('cpu').where(lambda: "host" =~ /h[01]/).groupBy('host')
      |eval(lambda: "usage" / 10.0, lambda: sigma("usage"), lambda: strToUpper("state") + string("count"), lambda: hour("time"))
        .as('tenth', 'sigma', 'text', 'hour').keep()
      |alert().id('{{ index .Tags "host" }}').warn(lambda: "tenth" > 5.0).crit(lambda: "tenth" > 8.0 AND "sigma" > 0.5)
        .stateChangesOnly().topic('t')
      |stateDuration(lambda: "tenth" > 5.0).unit(1s)`,
    `var a = stream|from().measurement('cpu').groupBy('host')
      var now = a|window().period(10s).every(5s).align()|mean('usage').as('v')
      now|shift(5s)|join(now).as('before', 'now').tolerance(1s)|eval(lambda: "now.v" - "before.v").as('change')
        |alert().crit(lambda: abs("change") > 1.0).topic('t')
      now|combine(lambda: "host" == 'h1', lambda: TRUE).as('x', 'y')|httpPost('http://h/')`,
    `stream|from()|deadman(1.0, 10s).topic('t')`,
  ])('%s', (script) => {
    const input: PreviewInput = {
      script,
      type: 'stream',
      wallNs: startNs,
      writes: [{ points }],
      restNs: 30_000_000_000n,
    };
    const outcome = inWorker(input);
    expect(outcome).toMatchObject({ kind: 'shown', isComplete: true, taskError: null });
    expect(outcome).toEqual(preview(input, () => 0));
  });

  test('a bad script', () => {
    const outcome = inWorker({ script: 'stream\n  |form()', type: null, wallNs: startNs });
    expect(outcome).toMatchObject({ kind: 'refused', line: 2, char: 4 });
  });
});
