import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { err, ok } from '../../base/result.ts';
import type { SideloadFiles } from '../../pipeline/node-ports.ts';
import { createSideloadSources } from './sideload-sources.ts';
import { sourceFolder } from './source-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sideload-'));
  mkdirSync(join(folder, 'host'));
  writeFileSync(join(folder, 'host/a.yml'), 'limit: 1');
  writeFileSync(join(folder, 'all.json'), '{"limit": 2}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (sources: ReturnType<typeof createSideloadSources>, url = `file://${folder}`) => {
  const source = sources.open(url);
  if (!source.ok) throw new Error(source.error);
  return source.value;
};
const plain = (files: SideloadFiles): unknown =>
  Object.fromEntries([...files].map(([path, values]) => [path, Object.fromEntries(values)]));

test('all files below the folder are read, by their path below it', () => {
  expect(plain(opened(createSideloadSources()).files())).toEqual({
    'all.json': { limit: 2 },
    'host/a.yml': { limit: 1 },
  });
});

test('a reload brings what the files hold now', () => {
  const sources = createSideloadSources();
  const source = opened(sources);
  const before = source.files();
  writeFileSync(join(folder, 'host/a.yml'), 'limit: 3');
  expect(source.files()).toBe(before);
  expect(sources.reload()).toEqual(ok(undefined));
  expect(plain(source.files())).toEqual({ 'all.json': { limit: 2 }, 'host/a.yml': { limit: 3 } });
});

test('a reload that fails says why and leaves the values as they were', () => {
  const sources = createSideloadSources();
  const source = opened(sources);
  const before = source.files();
  writeFileSync(join(folder, 'host/a.yml'), '- 1');
  const problem = `failed to unmarshal yaml values "${folder}/host/a.yml": error unmarshaling JSON: json: cannot unmarshal array into Go value of type map[string]interface {}`;
  expect(sources.reload()).toEqual(
    err(`failed to update source "${folder}": failed to update sideload cache for source "${folder}": ${problem}`),
  );
  expect(source.files()).toBe(before);
});

test('a source is shared while it is used, and read anew when the last user has left', () => {
  const sources = createSideloadSources();
  const first = opened(sources);
  const second = opened(sources, `file://${folder}/`);
  expect(second.files()).toBe(first.files());
  first.close();
  first.close();
  writeFileSync(join(folder, 'host/a.yml'), 'limit: 9');
  expect(opened(sources).files()).toBe(second.files());
  second.close();
  expect(sources.reload()).toEqual(ok(undefined));
});

test('a folder that is not there, or holds a hidden file, refuses the task', () => {
  const sources = createSideloadSources();
  expect(sources.open(`file://${folder}/nowhere`)).toEqual(
    err(
      `failed to update sideload cache for source "${folder}/nowhere": lstat ${folder}/nowhere: no such file or directory`,
    ),
  );
  writeFileSync(join(folder, '.hidden'), '');
  expect(sources.open(`file://${folder}`)).toEqual(
    err(`failed to update sideload cache for source "${folder}": invalid relative path`),
  );
});

test.each([
  ['file:///a/b', ok('/a/b')],
  ['FILE:///a%20b?x#y', ok('/a b')],
  ['file://host/a', ok('/a')],
  ['file:/a', ok('/a')],
  ['/nowhere', err(`unsupported source scheme "", must be 'file'`)],
  ['http://host/a', err(`unsupported source scheme "http", must be 'file'`)],
  ['file://side', err('sideload source path must be absolute ""')],
  ['file:side', err('sideload source path must be absolute ""')],
  ['', err(`unsupported source scheme "", must be 'file'`)],
  [':x', err('parse :x: missing protocol scheme')],
  ['file:///%zz', err('parse file:///%zz: invalid URL escape "%zz"')],
])('the source %j', (url, wanted) => {
  expect(sourceFolder(url)).toEqual(wanted);
});
