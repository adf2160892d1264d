/** Secrets that are compared in constant time. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export function freshSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Hashes have one length, so that not even the length of the secret shows. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
