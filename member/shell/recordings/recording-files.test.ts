import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { RecordingFiles } from './recording-files.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'recordings-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function* of(...texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

async function all(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const read: string[] = [];
  for await (const line of lines) read.push(line);
  return read;
}

const python = (() => {
  try {
    execFileSync('python3', ['-c', 'import zipfile']);
    return true;
  } catch {
    return false;
  }
})();

test('a stream recording is gzip, and empty lines in it stay', async () => {
  const files = new RecordingFiles(dir);
  const writer = files.openStream('a');
  writer.write('d\n\nm v=1 1\n');
  writer.write('d\nr\nm v="é" 2\n');
  await writer.close();
  expect(gunzipSync(readFileSync(join(dir, 'a.srpl'))).toString()).toBe('d\n\nm v=1 1\nd\nr\nm v="é" 2\n');
  expect(await all(files.streamLines('a'))).toEqual(['d', '', 'm v=1 1', 'd', 'r', 'm v="é" 2']);
});

test('a batch recording has one entry for each query, also for one without batches', async () => {
  const files = new RecordingFiles(dir);
  const long = Array.from({ length: 20_000 }, (_, index) => `{"n":${index}}\n`);
  await files.writeBatches('b', [of('one\n', 'two\n'), of(), of(...long)]);
  const entries = await files.batchLines('b');
  const read = await Promise.all(entries.map(all));
  expect(read.map((lines) => lines.length)).toEqual([2, 0, 20_000]);
  expect(read[2]?.at(-1)).toBe('{"n":19999}');
});

test.skipIf(!python)('other programs read our archives, checksums and all', async () => {
  const files = new RecordingFiles(dir);
  await files.writeBatches('b', [of('one\n', 'two\n'), of('three\n')]);
  const script = 'import zipfile,sys;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(),z.namelist(),z.read("0"))';
  expect(
    execFileSync('python3', ['-c', script, join(dir, 'b.brpl')])
      .toString()
      .trim(),
  ).toBe("None ['0', '1'] b'one\\ntwo\\n'");
});

test('files in the folder are found with their kind; others are named', async () => {
  const files = new RecordingFiles(join(dir, 'made'));
  expect(files.find()).toEqual({ recordings: [], others: [] });
  mkdirSync(join(dir, 'made'));
  writeFileSync(join(dir, 'made', 'a.b.srpl'), gzipSync('x'));
  writeFileSync(join(dir, 'made', 'c.brpl'), '');
  writeFileSync(join(dir, 'made', 'notes'), '');
  const { recordings, others } = files.find();
  expect(recordings.map(({ id, type }) => [id, type])).toEqual([
    ['a.b', 'stream'],
    ['c', 'batch'],
  ]);
  expect(others).toEqual(['notes']);
  expect([await files.size('none', 'batch'), await files.size('c', 'batch')]).toEqual([-1, 0]);
});

test('a broken recording is refused, not read as an empty one', async () => {
  const files = new RecordingFiles(dir);
  writeFileSync(join(dir, 'a.srpl'), 'plain');
  writeFileSync(join(dir, 'b.brpl'), 'plain');
  const whole = gzipSync('d\nr\nm v=1 1\n'.repeat(1000));
  writeFileSync(join(dir, 'c.srpl'), whole.subarray(0, whole.length - 20));
  await expect(all(files.streamLines('a'))).rejects.toThrow('incorrect header check');
  await expect(files.batchLines('b')).rejects.toThrow('zip: not a valid zip file');
  await expect(all(files.streamLines('c'))).rejects.toThrow('unexpected end of file');
  await expect(all(files.streamLines('none'))).rejects.toThrow('ENOENT');
});

test('the failure of a source ends the writing of its archive', async () => {
  const files = new RecordingFiles(dir);
  async function* failing(): AsyncGenerator<string> {
    yield 'one\n';
    throw new Error('query failed');
  }
  await expect(files.writeBatches('b', [failing()])).rejects.toThrow('query failed');
});

test('the checksum is that of zip', () => {
  expect(crc32(Buffer.from('456789'), crc32(Buffer.from('123')))).toBe(0xcbf4_3926);
});
