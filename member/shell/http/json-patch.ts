/** JSON Patch (RFC 6902) on plain values: add, remove, replace, move, copy, test. Errors are operating errors. */
import { err, ok, type Result } from '../../base/result.ts';
import { isWireObject, type WireObject, type WireValue } from '../../tasks/wire-value.ts';

/** The patched document; the given one stays as it is. */
export function applyJsonPatch(document: WireValue, patch: readonly WireValue[]): Result<WireValue, string> {
  let patched = document;
  for (const operation of patch) {
    if (!isWireObject(operation)) return err('an operation must be an object');
    const result = applyOperation(patched, operation);
    if (!result.ok) return result;
    patched = result.value;
  }
  return ok(patched);
}

function applyOperation(document: WireValue, operation: WireObject): Result<WireValue, string> {
  const { op, value } = operation;
  const path = pointer(operation['path']);
  if (path === undefined) return err(`path must be a JSON pointer, such as "/options/url"`);
  switch (op) {
    case 'add':
      return put(document, path, value ?? null, 'add');
    case 'replace':
      return put(document, path, value ?? null, 'replace');
    case 'remove':
      return remove(document, path);
    case 'test': {
      const found = find(document, path);
      return found !== undefined && isEqual(found, value ?? null)
        ? ok(document)
        : err(`testing value ${JSON.stringify(operation['path'])} failed`);
    }
    case 'copy':
    case 'move': {
      const from = pointer(operation['from']);
      const found = from === undefined ? undefined : find(document, from);
      if (from === undefined || found === undefined)
        return err(`${op}: there is nothing at ${JSON.stringify(operation['from'] ?? null)}`);
      const without = op === 'move' ? remove(document, from) : ok(document);
      return without.ok ? put(without.value, path, found, 'add') : without;
    }
    default:
      return err(`unexpected kind of operation: ${typeof op === 'string' ? op : 'none'}`);
  }
}

function pointer(text: WireValue | undefined): readonly string[] | undefined {
  if (text === '') return [];
  if (typeof text !== 'string' || !text.startsWith('/')) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function find(document: WireValue, path: readonly string[]): WireValue | undefined {
  let at: WireValue | undefined = document;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isWireObject(at)) at = Object.hasOwn(at, key) ? at[key] : undefined;
    else return undefined;
  }
  return at;
}

function put(
  document: WireValue,
  path: readonly string[],
  value: WireValue,
  mode: 'add' | 'replace',
): Result<WireValue, string> {
  const [key, ...rest] = path;
  if (key === undefined) return ok(value);
  if (Array.isArray(document)) return putItem(document, key, rest, value, mode);
  if (!isWireObject(document)) return err(`doc is missing path: /${path.join('/')}`);
  const held = Object.hasOwn(document, key) ? document[key] : undefined;
  if (held === undefined && (rest.length > 0 || mode === 'replace'))
    return err(`doc is missing path: /${path.join('/')}`);
  const inner = rest.length === 0 ? ok(value) : put(held ?? null, rest, value, mode);
  return inner.ok ? ok({ ...document, [key]: inner.value }) : inner;
}

function putItem(
  list: readonly WireValue[],
  key: string,
  rest: readonly string[],
  value: WireValue,
  mode: 'add' | 'replace',
): Result<WireValue, string> {
  const index = key === '-' && mode === 'add' ? list.length : Number(key);
  const last = mode === 'add' && rest.length === 0 ? list.length : list.length - 1;
  if (!Number.isInteger(index) || index < 0 || index > last) return err(`list has no index ${key}`);
  if (rest.length === 0)
    return ok(
      mode === 'add'
        ? [...list.slice(0, index), value, ...list.slice(index)]
        : list.map((item, i) => (i === index ? value : item)),
    );
  const inner = put(list[index] ?? null, rest, value, mode);
  return inner.ok ? ok(list.map((item, i) => (i === index ? inner.value : item))) : inner;
}

function remove(document: WireValue, path: readonly string[]): Result<WireValue, string> {
  const [key, ...rest] = path;
  if (key === undefined) return err('the whole document cannot be removed');
  const inner = find(document, [key]);
  if (inner === undefined) return err(`Unable to remove nonexistent key: ${key}`);
  if (rest.length > 0) {
    const removed = remove(inner, rest);
    return removed.ok ? put(document, [key], removed.value, 'replace') : removed;
  }
  if (Array.isArray(document)) return ok(document.filter((_item, i) => i !== Number(key)));
  return ok(Object.fromEntries(Object.entries(document ?? {}).filter(([name]) => name !== key)));
}

function isEqual(a: WireValue, b: WireValue): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item: WireValue, i) => isEqual(item, b[i] ?? null));
  if (isWireObject(a) && isWireObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key] ?? null, b[key] ?? null))
    );
  }
  return a === b;
}
