/** The messages of the protocol as values. Addresses are 4 bytes for IPv4 and 16 for IPv6; port 0 means "yours". */

/** Where an answer is to go. Absent in what very old members send: then the packet's own source counts. */
export interface MessageSource {
  readonly address: Uint8Array;
  readonly port: number;
  readonly name: string;
}

export interface Ping {
  readonly kind: 'ping';
  readonly seqNo: number;
  /** Who should answer; empty: anybody. */
  readonly node: string;
  readonly source: MessageSource | null;
}

export interface IndirectPing {
  readonly kind: 'indirect-ping';
  readonly seqNo: number;
  readonly target: Uint8Array;
  readonly port: number;
  readonly node: string;
  readonly wantsNack: boolean;
  readonly source: MessageSource | null;
}

export interface Ack {
  readonly kind: 'ack';
  readonly seqNo: number;
  readonly payload: Uint8Array;
}

export interface Nack {
  readonly kind: 'nack';
  readonly seqNo: number;
}

export interface Alive {
  readonly kind: 'alive';
  readonly incarnation: number;
  readonly node: string;
  readonly address: Uint8Array;
  readonly port: number;
  readonly meta: Uint8Array;
  /** Six bytes from everybody we know; fewer must be coped with. */
  readonly versions: Uint8Array;
}

export interface Suspect {
  readonly kind: 'suspect';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
}

export interface Dead {
  readonly kind: 'dead';
  readonly incarnation: number;
  readonly node: string;
  readonly from: string;
}

export interface UserMessage {
  readonly kind: 'user';
  readonly payload: Uint8Array;
}

export type PacketMessage = Ping | IndirectPing | Ack | Nack | Alive | Suspect | Dead | UserMessage;

/** One record of a full sync. */
export interface SyncRecord {
  readonly name: string;
  readonly address: Uint8Array;
  readonly port: number;
  readonly meta: Uint8Array;
  readonly incarnation: number;
  /** 0 alive, 1 suspect, 2 dead, 3 left; others are passed over. */
  readonly state: number;
  readonly versions: Uint8Array;
}

export interface FullSync {
  readonly kind: 'full-sync';
  readonly isJoin: boolean;
  readonly records: readonly SyncRecord[];
  readonly userState: Uint8Array;
}

interface ErrorReply {
  readonly kind: 'error';
  readonly text: string;
}

export type StreamMessage = Ping | Ack | FullSync | UserMessage | ErrorReply;
