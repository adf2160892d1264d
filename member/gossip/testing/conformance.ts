/** The shape of `testdata/vectors.json`, which the real library produced. */

export interface ByteString {
  readonly bytes?: string;
  readonly sha256?: string;
  readonly length?: number;
}

export type FieldValue = string | number | boolean | ByteString | null;

/** One layer of a packet or stream as a reader sees it. */
export interface Layer {
  readonly type?: string;
  readonly fields?: Readonly<Record<string, FieldValue>>;
  readonly payload?: ByteString;
  readonly inner?: Layer;
  readonly parts?: readonly Layer[];
  readonly label?: string;
  readonly version?: number;
  readonly nonce?: string;
  readonly header?: Readonly<Record<string, FieldValue>>;
  readonly nodes?: readonly Readonly<Record<string, FieldValue>>[];
  readonly userState?: ByteString | null;
  /** Of a part that is not read. */
  readonly hex?: string;
  readonly reject?: string;
  readonly truncated?: number;
}

export interface WireVector {
  readonly id: string;
  readonly group: string;
  readonly channel: string;
  readonly hex: string;
  readonly decoded?: Layer;
  readonly reject?: string;
  readonly encode?: string;
  readonly keyring?: readonly string[];
  readonly label?: string;
  readonly reply?: boolean;
}

interface MergeExpectation {
  readonly nodes: readonly {
    readonly name: string;
    readonly addr: string;
    readonly state: string;
    readonly incarnation: number;
    readonly meta: string;
  }[];
  readonly events?: readonly {
    readonly event: string;
    readonly node: string;
    readonly mine?: string;
    readonly theirs?: string;
  }[];
  readonly broadcast?: readonly { readonly key: string; readonly message: Layer }[];
  readonly queued: number;
  readonly health: number;
  readonly suspicionM2?: {
    readonly confirmations: number;
    readonly k: number;
    readonly minMs: number;
    readonly maxMs: number;
  };
}

export interface MergeStep {
  readonly op: string;
  readonly expect: MergeExpectation;
  readonly Node?: string;
  readonly From?: string;
  readonly Addr?: string;
  readonly Port?: number;
  readonly Incarnation?: number;
  readonly Meta?: string;
  readonly Vsn?: readonly number[] | null;
  readonly meta?: string;
  readonly node?: string;
  readonly seconds?: number;
  readonly nodes?: readonly {
    readonly Name: string;
    readonly Addr: string;
    readonly Port: number;
    readonly Incarnation: number;
    readonly Meta: string;
    readonly State: string;
    readonly Vsn: readonly number[] | null;
  }[];
}

export interface Vectors {
  readonly keys: Readonly<Record<string, string>>;
  readonly vectors: readonly WireVector[];
  readonly merge: readonly {
    readonly id: string;
    readonly steps: readonly MergeStep[];
    readonly config?: { readonly deadNodeReclaimSeconds?: number };
  }[];
  readonly queue: readonly {
    readonly id: string;
    readonly limit: number;
    readonly nodes: number;
    readonly retransmitMult: number;
    readonly steps: readonly {
      readonly op: string;
      readonly queued: number;
      readonly msg?: string;
      readonly key?: string;
      readonly len?: number;
      readonly overhead?: number;
      readonly limit?: number;
      readonly out?: readonly string[];
      readonly finished?: readonly string[];
    }[];
  }[];
  readonly protocolCheck: readonly {
    readonly id: string;
    readonly local: { readonly name: string; readonly vsn: readonly number[] };
    readonly remote: readonly { readonly name: string; readonly state: number; readonly vsn: readonly number[] }[];
    readonly ok: boolean;
    readonly error?: string;
  }[];
  readonly joinAddress: readonly {
    readonly in: string;
    readonly defaultPort: number;
    readonly error?: boolean;
    readonly out?: readonly { readonly ip: string; readonly node: string; readonly port: number }[];
  }[];
  readonly formulas: {
    readonly awareness: readonly {
      readonly max: number;
      readonly steps: readonly { readonly delta: number; readonly score: number; readonly probeIntervalMs: number }[];
    }[];
    readonly encryptOverhead: { readonly v0: number; readonly v1: number };
    readonly encryptedLength: readonly { readonly plain: number; readonly v0: number; readonly v1: number }[];
    readonly pushPullScale: readonly { readonly n: number; readonly intervalMs: number; readonly everyMs: number }[];
    readonly remainingSuspicion: readonly {
      readonly confirmations: number;
      readonly k: number;
      readonly elapsedMs: number;
      readonly minMs: number;
      readonly maxMs: number;
      readonly remainingMs: number;
    }[];
    readonly retransmitLimit: readonly { readonly mult: number; readonly n: number; readonly limit: number }[];
    readonly suspicionTimeout: readonly {
      readonly mult: number;
      readonly n: number;
      readonly intervalMs: number;
      readonly minMs: number;
    }[];
  };
}
