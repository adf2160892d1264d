/**
 * Writes JSON as Go's encoder does: `<`, `>`, `&` and the two line separators escaped, 64-bit integers exact,
 * compact or with four spaces (http-api.md, JSON style). Members that are undefined are left out.
 */
export type GoJson =
  null | undefined | boolean | number | bigint | string | readonly GoJson[] | { readonly [key: string]: GoJson };

export function compactJson(value: GoJson): string {
  if (Array.isArray(value)) return `[${value.map((item: GoJson) => compactJson(item)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    let text = '';
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      text += `${text === '' ? '' : ','}${goString(key)}:${compactJson(member)}`;
    }
    return `{${text}}`;
  }
  return scalar(value);
}

export function prettyJson(value: GoJson, indent = ''): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item: GoJson) => `${inner}${prettyJson(item, inner)}`).join(',\n')}\n${indent}]`;
  }
  if (value !== null && typeof value === 'object') {
    let text = '';
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue;
      text += `${text === '' ? '' : ',\n'}${inner}${goString(key)}: ${prettyJson(member, inner)}`;
    }
    return text === '' ? '{}' : `{\n${text}\n${indent}}`;
  }
  return scalar(value);
}

function scalar(value: null | undefined | boolean | number | bigint | string | object): string {
  switch (typeof value) {
    case 'string':
      return goString(value);
    case 'number':
      // Go refuses NaN and infinities; null keeps the answer readable.
      if (!Number.isFinite(value)) return 'null';
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}

const escaped = /[<>&\u2028\u2029]/g;

function goString(text: string): string {
  const json = JSON.stringify(text);
  return json.replace(escaped, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
