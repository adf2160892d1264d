/** Two independent 32-bit hashes (FNV-1a, and one with another prime and a final mix) as 16 hexadecimal digits. */
export function digest(texts: Iterable<string>): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  const add = (unit: number): void => {
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    b ^= b >>> 13;
  };
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) add(text.charCodeAt(i));
    // No UTF-16 code unit: keeps ['ab'] and ['a', 'b'] apart.
    add(0x10000);
  }
  b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35);
  return hex(a) + hex(b ^ (b >>> 13));
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
