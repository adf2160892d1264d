/** A byte order mark at the beginning is a character like any other, as in Go; `TextDecoder` would drop it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Any bytes have a text: what is not UTF-8 in them becomes U+FFFD, so that not every text has its bytes again. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Longer texts are left to the decoder. */
const longestShort = 32;
/** For each length a list that the codes of a text are put into. */
const scratch = Array.from({ length: longestShort + 1 }, (_, length) => new Array<number>(length).fill(0));

/** The text of the bytes `start` to `end - 1`: short ones of ASCII, which most are, in a sixth of the decoder's time. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  const codes = scratch[end - start];
  if (codes === undefined) return decodeUtf8(bytes.subarray(start, end));
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0x80;
    if (byte >= 0x80) return decodeUtf8(bytes.subarray(start, end));
    codes[i - start] = byte;
  }
  return String.fromCharCode(...codes);
}
