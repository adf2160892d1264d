import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogFile, type KeptLine } from './log-file.ts';
import { logLevel } from './log-level.ts';

let dir = '';
let lines: KeptLine[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'log-test-'));
  lines = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const log = (limitBytes?: number) =>
  new LogFile({
    file: join(dir, 'sub', 'x.log'),
    onLine: (line) => lines.push(line),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });

describe('log file', () => {
  test('lines come whole, whatever the pieces; the rest is a line when the process is gone', () => {
    const file = log();
    for (const piece of ['a', 'b\nc', '\n', '\nlast']) file.write(piece);
    file.flush();
    expect(lines.map(({ seq, text }) => `${seq} ${text}`)).toEqual(['1 ab', '2 c', '3 ', '4 last']);
    expect(file.recent(2).map(({ text }) => text)).toEqual(['', 'last']);
    file.close();
    expect(readFileSync(join(dir, 'sub', 'x.log'), 'utf8')).toBe('ab\nc\n\nlast\n');
  });

  test('the file is bounded, with one predecessor; an endless line is cut', () => {
    const file = log(1_000);
    for (let i = 0; i < 100; i++) file.write(`${'x'.repeat(99)}\n`);
    file.write('y'.repeat(100_000));
    file.close();
    expect(existsSync(join(dir, 'sub', 'x.log.1'))).toBe(true);
    expect(lines.at(-1)?.text.length).toBe(16_384);
    expect(file.recent()).toHaveLength(101);
  });

  test('levels of logfmt lines, and of what a dying process says', () => {
    const texts = [
      'ts=1 lvl=info msg=x',
      'lvl=warn',
      'lvl=error',
      'lvl=debug',
      'run: no',
      '    at f (x.js:1)',
      'TypeError: x',
      'plain',
    ];
    expect(texts.map(logLevel)).toEqual(['info', 'warn', 'error', 'debug', 'error', 'error', 'error', 'info']);
  });
});
