import { err, ok, type Result } from '../../base/result.ts';

/**
 * The folder that a sideload source names: `file:///path/to/folder`, the only kind there is in 1.5.4. A host, a query
 * and a fragment are not looked at. The errors are the original's.
 */
export function sourceFolder(url: string): Result<string, string> {
  const [withoutFragment = ''] = url.split('#');
  if (withoutFragment.startsWith(':')) return err(`parse ${url}: missing protocol scheme`);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(withoutFragment)?.[1] ?? '';
  if (scheme.toLowerCase() !== 'file')
    return err(`unsupported source scheme ${JSON.stringify(scheme.toLowerCase())}, must be 'file'`);
  const [rest = ''] = withoutFragment.slice(scheme.length + 1).split('?');
  const path = rest.startsWith('//') ? rest.slice(2).replace(/^[^/]*/, '') : rest.startsWith('/') ? rest : '';
  const decoded = unescaped(path);
  if (decoded === undefined) return err(`parse ${url}: invalid URL escape ${JSON.stringify(badEscape(path))}`);
  if (!decoded.startsWith('/')) return err(`sideload source path must be absolute ${JSON.stringify(decoded)}`);
  return ok(decoded);
}

function unescaped(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function badEscape(path: string): string {
  return /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)?.[0] ?? path;
}
