import type { Encryption } from './encryption.ts';

/** What our configuration puts around messages, and demands around those of others. */
export interface Envelope {
  /** UTF-8; empty: none. Also authenticated by encryption. */
  readonly label: Uint8Array;
  readonly encryption: Encryption | null;
  readonly isVerifyingIncoming: boolean;
  readonly isEncryptingOutgoing: boolean;
  readonly isCompressing: boolean;
}

/** The encryption of what we send, if any. */
export function outgoingEncryption(envelope: Envelope): Encryption | null {
  return envelope.isEncryptingOutgoing ? envelope.encryption : null;
}
