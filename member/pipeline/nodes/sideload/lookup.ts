import type { SideloadFiles, SideloadValue } from '../../node-ports.ts';

/** The first of the files in order that has the key decides, also when its value is null. */
export function lookUp(files: SideloadFiles, order: readonly string[], key: string): SideloadValue {
  const name = cleanPath(key);
  for (const path of order) {
    const value = files.get(path)?.get(name);
    if (value !== undefined) return value;
  }
  return null;
}

/** Keys are read as paths, as in 1.5.4: `a//b` is `a/b`, and `a/../b` is `b`. */
export function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  const joined = kept.join('/');
  return isRooted ? `/${joined}` : joined === '' ? '.' : joined;
}
