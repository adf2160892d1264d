/** A byte order mark at the beginning is a character like any other, as in Go; `TextDecoder` would drop it. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Any bytes have a text: what is not UTF-8 in them becomes U+FFFD, so that not every text has its bytes again. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
