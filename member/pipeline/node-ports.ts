/** What single nodes ask of the world: the member's own intake, values from files, and what scales resources. */
import type { Result } from '../base/result.ts';
import type { WriteBody } from '../influx/block.ts';

export interface LoopbackPort {
  /**
   * Takes points into the member's own intake, to be delivered behind what waits there already: never within the
   * call. The error says why they are refused; they are lost then.
   */
  write(body: WriteBody): Result<void, string>;
}

/** A value in a file. Of lists and maps nothing can be loaded, so that only their kind is kept. */
export type SideloadValue = string | number | boolean | null | { readonly kind: 'list' | 'map' };

/** By path below the source's folder, then by key. */
export type SideloadFiles = ReadonlyMap<string, ReadonlyMap<string, SideloadValue>>;

export interface SideloadSource {
  /** As they were when last read: another map after each reload. */
  files(): SideloadFiles;
  close(): void;
}

export interface SideloadPort {
  /** Reads the files of a source; one that is open already is shared. The error refuses to start the task. */
  open(url: string): Result<SideloadSource, string>;
}

export type ScalingSystem = 'kubernetes' | 'swarm' | 'ec2';

/** What is scaled. Only Kubernetes knows namespaces and kinds; elsewhere they are empty. */
export interface ScaledResource {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
}

/** A cluster that is told how many of something it is to run. Each call ends with one answer, never within the call. */
export interface ScalingCluster {
  replicas(resource: ScaledResource, done: (outcome: Result<number, string>) => void): void;
  setReplicas(resource: ScaledResource, replicas: number, done: (outcome: Result<void, string>) => void): void;
}

export interface AutoscalePort {
  /** A cluster of the configuration by its `id`. The error refuses to start the task. */
  cluster(system: ScalingSystem, id: string): Result<ScalingCluster, string>;
}
