/** From the configuration to what the composition of a member takes. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PrepareHandler } from '../alerts/event.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { MemberConfig } from '../config/config.ts';
import { lanSettings, type GossipSettings } from '../gossip/settings.ts';
import { nodeAesGcm } from '../shell/gossip/node-aes-gcm.ts';
import type { MemberOptions } from './compose.ts';
import { importedIds } from './imported-ids.ts';

export interface MemberParts {
  readonly addresses: MemberOptions['addresses'];
  readonly isReachableFromOutside: boolean;
  readonly prepareHandler: PrepareHandler;
  readonly onFatal: (reason: string) => void;
}

export function memberOptions(config: MemberConfig, parts: MemberParts): Result<MemberOptions, string> {
  const { alert, cluster, rpc } = config;
  const key = gossipKey(cluster['gossip-key']);
  if (!key.ok) return key;
  return ok({
    ...parts,
    roles: cluster.roles,
    redundancy: alert.redundancy,
    delayPerMemberMs: millis(alert['delay-per-member']),
    fullSyncIntervalMs: millis(alert['full-sync-interval']),
    handlerRetryForMs: millis(alert['handler-retry-for']),
    persistTopics: alert['persist-topics'],
    joinSecret: rpc['join-secret'],
    clusteringRefusal: licenseProblem(config),
    importedIds: importedIds(config.data_dir),
    gossipSettings: gossipSettings(config),
    ...(cluster['gossip-label'] === '' ? {} : { gossipLabel: cluster['gossip-label'] }),
    ...(key.value === undefined ? {} : { gossipEncryption: { keys: [key.value], aesGcm: nodeAesGcm } }),
    run: randomUUID(),
  });
}

export function millis(ns: bigint): number {
  return Number(ns) / 1_000_000;
}

/** 0 picks the LAN default. */
function gossipSettings({ cluster }: MemberConfig): GossipSettings {
  return {
    ...lanSettings,
    ...(cluster['gossip-members'] === 0 ? {} : { gossipMembers: cluster['gossip-members'] }),
    ...(cluster['gossip-interval'] === 0n ? {} : { gossipIntervalMs: millis(cluster['gossip-interval']) }),
    ...(cluster['gossip-sync-interval'] === 0n ? {} : { fullSyncIntervalMs: millis(cluster['gossip-sync-interval']) }),
  };
}

/** D5: our members need no licence, but one that is named and cannot be read keeps them from clustering. */
function licenseProblem({ enterprise }: MemberConfig): string | null {
  const path = enterprise['license-path'];
  if (path === '') return null;
  try {
    readFileSync(path);
    return null;
  } catch (error) {
    return `the licence ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** An AES key of 16, 24 or 32 bytes, as hex or base64. */
function gossipKey(text: string): Result<Uint8Array | undefined, string> {
  if (text === '') return ok(undefined);
  const bytes = /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if ([16, 24, 32].includes(bytes.length)) return ok(bytes);
  return err('[cluster] gossip-key = (a secret): must be a key of 16, 24 or 32 bytes, in hex or base64');
}
