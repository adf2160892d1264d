import { createCipheriv, createDecipheriv, randomBytes, type CipherGCMTypes } from 'node:crypto';
import type { AesGcm } from '../../gossip/wire/aes-gcm.ts';

const tagBytes = 16;

/** Gossip's cryptography port on OpenSSL. */
export const nodeAesGcm: AesGcm = {
  nonce: () => new Uint8Array(randomBytes(12)),
  seal(key, nonce, plain, additionalData) {
    const cipher = createCipheriv(cipherOf(key), key, nonce).setAAD(additionalData);
    return new Uint8Array(Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
  },
  open(key, nonce, sealed, additionalData) {
    const end = sealed.length - tagBytes;
    if (end < 0) return null;
    const decipher = createDecipheriv(cipherOf(key), key, nonce)
      .setAAD(additionalData)
      .setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(0, end));
    try {
      return new Uint8Array(Buffer.concat([plain, decipher.final()]));
    } catch {
      // The tag does not match: node:crypto has no other way to say so.
      return null;
    }
  },
};

/** Keys of other lengths do not come so far: the machine's options are checked. */
function cipherOf(key: Uint8Array): CipherGCMTypes {
  return key.length === 16 ? 'aes-128-gcm' : key.length === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
}
