import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runProgram } from './run-program.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-program-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllGlobals();
});

/** Runs a program that tells what it sees by `told(…)`. */
function run(source: string, bytecode?: Buffer): unknown[] {
  const told: unknown[] = [];
  vi.stubGlobal('told', (value: unknown) => told.push(value));
  const file = join(folder, 'program.js');
  writeFileSync(file, source);
  if (bytecode !== undefined) writeFileSync(join(folder, 'program.bytecode'), bytecode);
  runProgram(file);
  return told;
}

test('a program is given what CommonJS gives', () => {
  writeFileSync(join(folder, 'beside.js'), 'module.exports = 7;');
  const source = `told([require('./beside.js'), __filename, __dirname, module.exports === exports]);`;
  expect(run(source)).toEqual([[7, join(folder, 'program.js'), folder, true]]);
});

test('an error names line and column of the file', () => {
  const at = `${join(folder, 'program.js')}:1:16`;
  expect(() => run('told(1); throw new Error("here");')).toThrow(
    expect.objectContaining({ stack: expect.stringContaining(at) }),
  );
});

test('bytecode that V8 refuses does not keep a program from running', () => {
  const foreign = new Script('(function () { return 1; })').createCachedData();
  expect(run('told("of the source");', foreign)).toEqual(['of the source']);
  expect(run('told("of the source");', Buffer.from('no bytecode'))).toEqual(['of the source']);
  expect(run('told("of the source");', Buffer.alloc(0))).toEqual(['of the source']);
});
