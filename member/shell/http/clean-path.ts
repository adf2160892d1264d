/** Request paths as the original's router reads them. */

/** Removes doubled slashes and resolves `.` and `..`; a trailing slash stays. The path begins with `/`. */
export function cleanPath(path: string): string {
  if (!unclean.test(path)) return path;
  const kept: string[] = [];
  for (const element of path.split('/')) {
    if (element === '' || element === '.') continue;
    if (element === '..') kept.pop();
    else kept.push(element);
  }
  const joined = `/${kept.join('/')}`;
  const endsOpen = path.endsWith('/') || path.endsWith('/.') || path.endsWith('/..');
  return endsOpen && joined !== '/' ? `${joined}/` : joined;
}

const unclean = /\/\/|\/\.\.?(?:\/|$)/;

/** Percent-decoding that leaves what is malformed as it stands. */
export function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
