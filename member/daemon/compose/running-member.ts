import { assert } from '../../base/assert.ts';
import type { HandlerSpec } from '../../alerts/event.ts';
import type { PeerAnswer, PeerRequest } from '../../alerts/messages.ts';
import type { Publication } from '../../alerts/publication.ts';
import type { ClusterView } from '../../api/cluster-routes.ts';
import type { ClusterId, MemberId } from '../../base/ids.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ClusterError, ClusterOutput } from '../../cluster/cluster-io.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Refusal } from '../../cluster/credentials.ts';
import type { IncomingCall } from '../../cluster/rpc-port.ts';
import { AlertsLink } from './alerts-link.ts';
import { ClusterLink } from './cluster-link.ts';
import { clusterView, membersView } from './cluster-view.ts';
import { GossipLink } from './gossip-link.ts';
import { handlersApi } from './handlers-api.ts';
import type {
  AddedMember,
  HandlersApi,
  Member,
  MemberOptions,
  OperationError,
  RemovedMember,
  TopicsApi,
} from './member.ts';
import { ObservationLog } from './observation-log.ts';
import type { MemberPorts, MemberRequest, MemberResponse } from './ports.ts';
import { StoreLink } from './store-link.ts';
import { topicsApi } from './topics-api.ts';

const metadataTimeoutMs = 1_000;
/** Others hear of a clean stop within this time, or find out by probing. */
const leaveTimeoutMs = 1_000;

const removalNote =
  'The InfluxDB subscription of the removed member stays, and InfluxDB goes on sending to it, until the subscription is dropped.';

const statuses = { 'bad-request': 400, 'not-found': 404, conflict: 409, unreachable: 502, failed: 500 } as const;

/** Gossip, cluster and alerts of one member, connected with each other and with the ports. */
export class RunningMember implements Member {
  readonly memberId: MemberId;
  readonly topics: TopicsApi;
  readonly handlers: HandlersApi;
  readonly observations: ObservationLog;
  readonly #options: MemberOptions;
  readonly #ports: MemberPorts;
  readonly #store: StoreLink;
  readonly #cluster: ClusterLink;
  readonly #gossip: GossipLink;
  readonly #alerts: AlertsLink;
  #stopping: Promise<void> | undefined;

  constructor(core: Cluster, options: MemberOptions, ports: MemberPorts) {
    this.#options = options;
    this.#ports = ports;
    this.memberId = core.identity.memberId;
    this.observations = new ObservationLog({
      run: options.run,
      observer: this.memberId,
      wallMs: () => ports.clock.wallMs(),
    });
    this.#store = new StoreLink(ports.store, ports.setAside, options.onFatal);
    this.#cluster = this.#linkCluster(core);
    this.#gossip = this.#linkGossip();
    this.#alerts = this.#linkAlerts();
    this.topics = topicsApi(this.#alerts);
    this.handlers = handlersApi(this.#cluster, this.#alerts);
  }

  start(): void {
    this.#ports.rpc.serve((call, answer) => this.#serve(call, answer));
    this.#store.exportSetAside();
    this.#gossip.start();
    this.#cluster.step({ kind: 'start' });
  }

  clusterId(): ClusterId {
    return this.#cluster.core.identity.clusterId;
  }

  clusterView(): ClusterView {
    return clusterView(this.#cluster.core);
  }

  warnings(): readonly string[] {
    return this.#cluster.core.warnings();
  }

  addMember(rpcAddress: string): Promise<Result<AddedMember, OperationError>> {
    return new Promise((resolve) => {
      this.#cluster.command({ kind: 'add-member', rpc: rpcAddress }, (result) => {
        if (!result.ok) return resolve(err(operationError(result.error)));
        assert(result.value.kind === 'added', 'an add is answered as one');
        const { member, wasAlreadyThere, handlersSetAside } = result.value;
        resolve(ok({ view: this.clusterView(), member, wasAlreadyThere, handlersSetAside }));
      });
    });
  }

  removeMember(id: string): Promise<Result<RemovedMember, OperationError>> {
    return new Promise((resolve) => {
      this.#cluster.command({ kind: 'remove-member', id }, (result) => {
        if (!result.ok) return resolve(err(operationError(result.error)));
        assert(result.value.kind === 'removed', 'a removal is answered as one');
        resolve(ok({ note: removalNote, wasTold: result.value.wasTold }));
      });
    });
  }

  publish(publication: Publication): void {
    this.#alerts.step({ kind: 'publish', publication });
  }

  inhibited(publication: Publication): void {
    this.#alerts.step({ kind: 'inhibited', publication });
  }

  openInlineTopic(topic: string, handlers: readonly HandlerSpec[]): void {
    this.#alerts.step({ kind: 'open-inline', topic, handlers });
  }

  closeInlineTopic(topic: string): void {
    this.#alerts.step({ kind: 'close-inline', topic });
  }

  deleteInlineTopic(topic: string): void {
    this.#alerts.step({ kind: 'delete-inline', topic });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    await new Promise<void>((resolve) =>
      this.#gossip.command({ kind: 'leave', timeoutMs: leaveTimeoutMs }, () => resolve()),
    );
    this.#gossip.stop();
    this.#cluster.stop();
    this.#alerts.stop();
    await new Promise<void>((resolve) => this.#ports.rpc.close(resolve));
    await new Promise<void>((resolve) => this.#ports.gossip.close(resolve));
    // A last synced batch takes along what waits in groups.
    await new Promise<void>((resolve) => this.#store.commit({ durability: 'sync', writes: [] }, resolve));
  }

  #linkCluster(core: Cluster): ClusterLink {
    const { clock, rpc } = this.#ports;
    return new ClusterLink(core, {
      clock,
      store: this.#store,
      rpc,
      onGossip: (output) => this.#carryToGossip(output),
      onMembersChanged: () =>
        this.#alerts.step({ kind: 'members', view: membersView(core, this.#options.fullSyncIntervalMs) }),
      onHandlersChanged: () => this.#alerts.step({ kind: 'handlers', specs: core.handlers() }),
      onObservation: (observation) => this.observations.add(observation),
    });
  }

  #linkGossip(): GossipLink {
    const { clock, random, gossip } = this.#ports;
    return new GossipLink({
      name: this.memberId,
      member: this.#options,
      clock,
      network: gossip,
      random,
      metadata: () => this.#metadata(),
      veto: (offered) => this.#cluster.core.vetoGossip(offered),
      onEvent: (event) => this.#cluster.step({ kind: 'gossip-event', event }),
      onObservation: (observation) => this.observations.add(observation),
    });
  }

  #linkAlerts(): AlertsLink {
    const { persistTopics, handlerRetryForMs, prepareHandler } = this.#options;
    return new AlertsLink({
      core: { self: this.memberId, persistTopics, handlerRetryForMs, prepareHandler },
      clock: this.#ports.clock,
      store: this.#store,
      handlers: this.#ports.handlers,
      send: (to, message, timeoutMs, done) => this.#callPeer(to, message, timeoutMs, done),
      onObservation: (observation) => this.observations.add(observation),
      onSynced: () => this.#cluster.step({ kind: 'topics-synced' }),
      setAsideName: () => {
        const departure = this.#cluster.core.departure;
        return `${departure?.clusterId ?? 'none'}.${departure?.epoch ?? 0}.topics`;
      },
    });
  }

  #metadata(): Uint8Array {
    const meta = this.#cluster.core.metadata();
    assert(meta.ok, 'metadata that fitted at the start still fits');
    return meta.value;
  }

  #carryToGossip(output: Extract<ClusterOutput, { kind: 'join-gossip' | 'update-metadata' | 'restart-gossip' }>): void {
    switch (output.kind) {
      case 'join-gossip':
        return this.#gossip.command({ kind: 'join', addresses: [output.address] }, (result) => {
          const isReached = result.ok && result.value.kind === 'joined' && result.value.contacted > 0;
          this.#cluster.step({ kind: 'gossip-joined', member: output.member, isReached });
        });
      case 'update-metadata':
        return this.#gossip.command(
          { kind: 'update-meta', meta: output.meta, timeoutMs: metadataTimeoutMs },
          () => undefined,
        );
      case 'restart-gossip':
        return this.#gossip.restart(leaveTimeoutMs);
    }
  }

  #callPeer(to: MemberId, message: PeerRequest, timeoutMs: number, done: (answer: PeerAnswer | null) => void): void {
    const address = this.#cluster.core.rpcAddress(to);
    if (address === undefined) return done(null);
    const call = {
      address,
      request: { service: 'alerts', message } as const,
      credentials: this.#cluster.core.credentials(),
      timeoutMs,
    };
    this.#ports.rpc.call(call, (result) => {
      if (result.ok) return done(result.value.service === 'alerts' ? result.value.message : null);
      if (result.error.kind === 'refused')
        this.#cluster.step({ kind: 'refused', member: to, refusal: result.error.refusal });
      done(null);
    });
  }

  #serve(
    { credentials, request }: IncomingCall<MemberRequest>,
    answer: (answer: Result<MemberResponse, Refusal>) => void,
  ): void {
    if (request.service === 'cluster') {
      this.#cluster.called(credentials, request.message, (result) => {
        answer(result.ok ? ok({ service: 'cluster', message: result.value }) : result);
      });
      return;
    }
    const refusal = this.#cluster.core.admit(credentials, null);
    if (refusal !== null) return answer(err(refusal));
    if (credentials === null) return;
    this.#alerts.request(credentials.member, request.message, (message) => answer(ok({ service: 'alerts', message })));
  }
}

function operationError({ code, message }: ClusterError): OperationError {
  return { status: statuses[code], message };
}
