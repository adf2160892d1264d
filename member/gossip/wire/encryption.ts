/** Encrypted payloads: version byte, nonce, ciphertext, tag. Of several keys the first encrypts and all decrypt. */
import { assert, present } from '../../base/assert.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { AesGcm } from './aes-gcm.ts';
import { concatBytes, equalBytes } from './bytes.ts';
import type { RejectReason } from './reject-reason.ts';

const nonceBytes = 12;
const tagBytes = 16;
const blockBytes = 16;

/** 0 pads the plain bytes to whole blocks, for members that speak protocol version 1. */
export type EncryptionVersion = 0 | 1;

export interface Encryption {
  readonly keys: readonly Uint8Array[];
  readonly aesGcm: AesGcm;
  readonly version: EncryptionVersion;
}

export function createEncryption(keys: readonly Uint8Array[], aesGcm: AesGcm, protocolVersion: number): Encryption {
  assert(keys.length > 0, 'encryption needs at least one key');
  const distinct = keys.filter((key, index) => keys.findIndex((other) => equalBytes(other, key)) === index);
  for (const key of distinct)
    assert([16, 24, 32].includes(key.length), `an encryption key has 16, 24 or 32 bytes, not ${key.length}`);
  return { keys: distinct, aesGcm, version: protocolVersion === 1 ? 0 : 1 };
}

/** What encryption adds at most. */
export function encryptionOverhead(version: EncryptionVersion): number {
  return 1 + nonceBytes + tagBytes + (version === 0 ? blockBytes : 0);
}

export function encryptedLength(version: EncryptionVersion, plainBytes: number): number {
  const padding = version === 0 ? blockBytes - (plainBytes % blockBytes) : 0;
  return 1 + nonceBytes + plainBytes + padding + tagBytes;
}

export function seal(encryption: Encryption, plain: Uint8Array, additionalData: Uint8Array): Uint8Array {
  const { aesGcm, version } = encryption;
  const key = present(encryption.keys[0], 'primary key');
  const nonce = aesGcm.nonce();
  const sealed = aesGcm.seal(key, nonce, version === 0 ? pad(plain) : plain, additionalData);
  return concatBytes(Uint8Array.of(version), nonce, sealed);
}

export function open(
  encryption: Encryption,
  payload: Uint8Array,
  additionalData: Uint8Array,
): Result<Uint8Array, RejectReason> {
  const version = payload[0];
  if (version === undefined) return err('too-short');
  if (version !== 0 && version !== 1) return err('encryption-version');
  if (payload.length < encryptionOverhead(version)) return err('too-short');
  const nonce = payload.subarray(1, 1 + nonceBytes);
  const sealed = payload.subarray(1 + nonceBytes);
  for (const key of encryption.keys) {
    const plain = encryption.aesGcm.open(key, nonce, sealed, additionalData);
    if (plain !== null) return version === 0 ? unpad(plain) : ok(plain);
  }
  return err('decrypt');
}

/** PKCS#7: a full block if the length is already aligned. */
function pad(plain: Uint8Array): Uint8Array {
  const count = blockBytes - (plain.length % blockBytes);
  return concatBytes(plain, new Uint8Array(count).fill(count));
}

function unpad(padded: Uint8Array): Result<Uint8Array, RejectReason> {
  const count = padded[padded.length - 1] ?? 0;
  if (count === 0 || count > blockBytes || count > padded.length) return err('decrypt');
  return ok(padded.subarray(0, padded.length - count));
}
