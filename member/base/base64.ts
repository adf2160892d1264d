const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    const bits = ((bytes[i] ?? 0) << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += (alphabet[bits >> 18] ?? '') + (alphabet[(bits >> 12) & 63] ?? '');
    text += b === undefined ? '=' : (alphabet[(bits >> 6) & 63] ?? '');
    text += c === undefined ? '=' : (alphabet[bits & 63] ?? '');
    if (text.length < 4096) continue;
    pieces.push(text);
    text = '';
  }
  pieces.push(text);
  return pieces.join('');
}

const values: ReadonlyMap<string, number> = new Map(
  Array.from(alphabet, (character, value) => [character, value] as const),
);

/** Undefined when the text is none of `encodeBase64`. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let length = 0;
  for (let i = 0; i < text.length; i += 4) {
    let bits = 0;
    for (let j = i; j < i + 4; j++) {
      const value = j >= text.length - padding ? 0 : values.get(text[j] ?? '');
      if (value === undefined) return undefined;
      bits = (bits << 6) | value;
    }
    for (const byte of [bits >> 16, (bits >> 8) & 255, bits & 255]) if (length < bytes.length) bytes[length++] = byte;
  }
  return bytes;
}
