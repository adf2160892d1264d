/** Bytes that line protocol gives a meaning. */
export const space = 0x20;
export const comma = 0x2c;
export const equals = 0x3d;
export const quote = 0x22;
export const backslash = 0x5c;
export const newline = 0x0a;
export const minus = 0x2d;
export const dot = 0x2e;
export const hash = 0x23;
export const letterI = 0x69;

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Blanks the original skips in front of a line and of its parts. */
export function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === 0x09 || byte === 0;
}
