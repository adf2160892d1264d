/**
 * The folders that `sideload` nodes read: each is read once and shared by the nodes that name it, and read again when
 * asked to. Reading happens at once, when a task starts or on a reload; points never wait for the disk. A reload that
 * fails leaves the values as they were.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import type { SideloadFiles, SideloadPort } from '../../pipeline/node-ports.ts';
import { readValues, type Values } from './read-values.ts';
import { sourceFolder } from './source-folder.ts';

export interface SideloadSources extends SideloadPort {
  /** Reads all open sources again; the error names the first that failed. */
  reload(): Result<void, string>;
}

interface Shared {
  files: SideloadFiles;
  users: number;
}

export function createSideloadSources(): SideloadSources {
  const open = new Map<string, Shared>();
  return {
    open(url) {
      const named = sourceFolder(url);
      if (!named.ok) return named;
      const folder = cleanFolder(named.value);
      let shared = open.get(folder);
      if (shared === undefined) {
        const files = readFolder(folder);
        if (!files.ok) return files;
        shared = { files: files.value, users: 0 };
        open.set(folder, shared);
      }
      shared.users++;
      return ok(sourceOf(shared, () => open.delete(folder)));
    },
    reload() {
      let failure: string | undefined;
      for (const [folder, shared] of open) {
        const files = readFolder(folder);
        if (files.ok) shared.files = files.value;
        else failure ??= `failed to update source ${JSON.stringify(folder)}: ${files.error}`;
      }
      return failure === undefined ? ok(undefined) : err(failure);
    },
  };
}

function sourceOf(shared: Shared, forget: () => void): { files(): SideloadFiles; close(): void } {
  let isClosed = false;
  return {
    files: () => shared.files,
    close() {
      if (isClosed) return;
      isClosed = true;
      shared.users--;
      if (shared.users === 0) forget();
    },
  };
}

/** Two spellings of one folder are one source. */
function cleanFolder(path: string): string {
  const clean = normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

function readFolder(folder: string): Result<SideloadFiles, string> {
  const files = new Map<string, Values>();
  const problem = readInto(files, folder, '');
  return problem === undefined
    ? ok(files)
    : err(`failed to update sideload cache for source ${JSON.stringify(folder)}: ${problem}`);
}

function readInto(files: Map<string, Values>, folder: string, below: string): string | undefined {
  let entries;
  try {
    entries = readdirSync(join(folder, below), { withFileTypes: true });
  } catch (error) {
    return fileProblem(error);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const problem = entry.isDirectory() ? readInto(files, folder, path) : readFile(files, folder, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function readFile(files: Map<string, Values>, folder: string, path: string): string | undefined {
  // As 1.5.4: a hidden file at the top would be taken for one outside of the folder.
  if (path.startsWith('.')) return 'invalid relative path';
  const full = join(folder, path);
  let text: string;
  try {
    text = readFileSync(full, 'utf8');
  } catch (error) {
    return `failed to read values file ${JSON.stringify(full)}: ${fileProblem(error)}`;
  }
  const values = readValues(full, text);
  if (!values.ok) return values.error;
  files.set(path, values.value);
  return undefined;
}

/** As Go words it: `lstat /path: no such file or directory`. */
function fileProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const known = /^E[A-Z]+: (.*?), (\w+)(?: '(.*)')?$/.exec(message);
  if (known === null) return message;
  const [, what = '', call = '', path = ''] = known;
  return `${call === 'scandir' ? 'lstat' : call} ${path}: ${what}`;
}
