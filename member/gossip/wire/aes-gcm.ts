/** AES in Galois counter mode with 12-byte nonces and 16-byte tags, as a port: pure code has no cryptography. */
export interface AesGcm {
  /**
   * 12 bytes that were never used with the same key. They must come from the system's generator and not from the
   * machine's seeded one: a repeated nonce gives the key away.
   */
  nonce(): Uint8Array;
  /** Ciphertext followed by the tag. */
  seal(key: Uint8Array, nonce: Uint8Array, plain: Uint8Array, additionalData: Uint8Array): Uint8Array;
  /** The plain bytes; null if the tag does not match. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, additionalData: Uint8Array): Uint8Array | null;
}
