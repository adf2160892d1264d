/**
 * The two functions the preload exposes to the page as `window.lab`, and the browser host's page makes over a
 * WebSocket: the same shape, so that the renderer never knows which host it runs in.
 */
import type { HostError, RequestInput, RequestName, RequestOutput } from './requests.ts';
import type { StreamName, StreamNotice, StreamParameter } from './notices.ts';

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: HostError };

export interface LabBridge {
  /** Never rejects: errors cross as values. */
  request<R extends RequestName>(name: R, input: RequestInput<R>): Promise<Answer<RequestOutput<R>>>;
  /** Returns its own undo. */
  subscribe<S extends StreamName>(
    stream: S,
    parameter: StreamParameter<S>,
    listener: (notice: StreamNotice<S>) => void,
  ): () => void;
}

declare global {
  interface Window {
    readonly lab?: LabBridge;
  }
}
