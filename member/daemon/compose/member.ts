/** A running member, as the HTTP routes, the tasks and the process entry see it. */
import type { EventState } from '../../alerts/alerts-io.ts';
import type { HandlerSpec, PrepareHandler } from '../../alerts/event.ts';
import type { Level, Publication } from '../../alerts/publication.ts';
import type { TopicSummary } from '../../alerts/queries.ts';
import type { ClusterTopics, ClusterView } from '../../api/cluster-routes.ts';
import type { Millis } from '../../base/deadline.ts';
import type { ClusterId, MemberId } from '../../base/ids.ts';
import type { Observation, StampedObservation } from '../../base/observation.ts';
import type { Result } from '../../base/result.ts';
import type { VersionRanges } from '../../cluster/versions.ts';
import type { GossipSettings } from '../../gossip/settings.ts';
import type { AesGcm } from '../../gossip/wire/aes-gcm.ts';

export interface MemberOptions {
  /** Advertised `host:port` of each service (D2), at most 512 bytes together with the rest of the metadata (D29). */
  readonly addresses: { readonly gossip: string; readonly rpc: string; readonly api: string };
  readonly roles: readonly string[];
  /** `[alert]` */
  readonly redundancy: number;
  readonly delayPerMemberMs: Millis;
  readonly fullSyncIntervalMs: Millis;
  readonly handlerRetryForMs: Millis;
  readonly persistTopics: boolean;
  /** `[rpc] join-secret`; empty accepts every adder (D28). */
  readonly joinSecret: string;
  /** RPC is bound beyond loopback: an empty join secret is then a warning (D28). */
  readonly isReachableFromOutside: boolean;
  /** D5: why this member may not cluster, for instance an unreadable licence; null where it may. */
  readonly clusteringRefusal: string | null;
  /** D1: `server.id` and `cluster.id` of an original, used only by a store without an identity. */
  readonly importedIds: { readonly memberId: MemberId; readonly clusterId: ClusterId } | null;
  readonly gossipSettings: GossipSettings;
  /** D7; what this build speaks unless a test says otherwise. */
  readonly versions?: VersionRanges;
  /** Gossip encryption (D28); label empty for none. */
  readonly gossipLabel?: string;
  readonly gossipEncryption?: { readonly keys: readonly Uint8Array[]; readonly aesGcm: AesGcm };
  readonly prepareHandler: PrepareHandler;
  /** `run` of the observations stream: random text per process. */
  readonly run: string;
  /** The store failed, or an invariant of the code broke: the process must end. */
  readonly onFatal: (reason: string) => void;
}

/** What a route answers when an operation failed; `message` is the text of `{"error"}`. */
export interface OperationError {
  readonly status: 400 | 404 | 409 | 500 | 502;
  readonly message: string;
}

export interface AddedMember {
  readonly view: ClusterView;
  readonly member: MemberId;
  /** It was a member already: nothing changed. */
  readonly wasAlreadyThere: boolean;
  /** Handlers of the newcomer (`topic/id`) that were set aside for those of the cluster (D9). */
  readonly handlersSetAside: readonly string[];
}

export interface RemovedMember {
  /** Reminder that its InfluxDB subscription stays until someone drops it. */
  readonly note: string;
  /** False when it could not be reached: it learns of its removal at its first contact. */
  readonly wasTold: boolean;
}

export interface TopicsApi {
  /** Shared topics and the open inline ones, by ID. The error is the original's text about the pattern. */
  list(filter: { readonly pattern: string; readonly minLevel: Level }): Result<readonly TopicSummary[], string>;
  get(topic: string): TopicSummary | undefined;
  /** Undefined for an unknown topic. */
  events(topic: string, minLevel: Level): readonly (EventState & { readonly id: string })[] | undefined;
  /** What an alert node restores its level from. */
  event(topic: string, event: string): EventState | undefined;
  updateEvent(topic: string, event: string, state: EventState): void;
  delete(topic: string): void;
  /** `GET /cluster/topics`. */
  owners(): ClusterTopics;
}

/** Standalone handlers. Definitions are validated by the caller; refusals carry the whole text of the answer. */
export interface HandlersApi {
  /** By ID; empty for an unknown topic. */
  list(topic: string): readonly HandlerSpec[];
  get(topic: string, id: string): HandlerSpec | undefined;
  create(spec: HandlerSpec): Promise<Result<HandlerSpec, OperationError>>;
  /** Whole replacement; the ID may change, the topic may not. */
  replace(topic: string, id: string, spec: HandlerSpec): Promise<Result<HandlerSpec, OperationError>>;
  /** Deleting an unknown one succeeds. */
  delete(topic: string, id: string): Promise<Result<void, OperationError>>;
}

export interface ObservationsApi {
  /** Those with a higher number that are still kept. */
  after(seq: number): readonly StampedObservation[];
  /** Called for each from now on; the answer ends it. */
  subscribe(listener: (observation: StampedObservation) => void): () => void;
  /** What the daemon itself notices: tasks, data received. */
  add(observation: Observation): void;
}

export interface Member {
  readonly memberId: MemberId;
  clusterId(): ClusterId;
  clusterView(): ClusterView;
  /** What is wrong but bearable: mismatched settings (D6), missing join secret (D28). For health and the log. */
  warnings(): readonly string[];
  /** Names `host:port` of the newcomer's RPC service. */
  addMember(rpcAddress: string): Promise<Result<AddedMember, OperationError>>;
  removeMember(id: string): Promise<Result<RemovedMember, OperationError>>;

  /** An event of a task, to a shared topic or to an inline one that is open. */
  publish(publication: Publication): void;
  /** An event held back because its category is inhibited. */
  inhibited(publication: Publication): void;
  openInlineTopic(topic: string, handlers: readonly HandlerSpec[]): void;
  closeInlineTopic(topic: string): void;
  /** The task is deleted, and its topic's state with it. */
  deleteInlineTopic(topic: string): void;

  readonly topics: TopicsApi;
  readonly handlers: HandlersApi;
  readonly observations: ObservationsApi;

  /**
   * Clean stop: leaves gossip (others list this member as `left`), ends calls, writes what waits. Ports are closed,
   * the store is not: it belongs to the caller.
   */
  stop(): Promise<void>;
}
