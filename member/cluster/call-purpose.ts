import type { MemberId } from '../base/ids.ts';
import type { Adding } from './adding.ts';
import type { HandlerChanging } from './handler-changing.ts';
import type { HandlerEntry } from './handler-entry.ts';
import type { Removing } from './removing.ts';

/** Why a call was made: where its end goes. */
export type CallPurpose =
  | { readonly kind: 'adding'; readonly adding: Adding }
  | { readonly kind: 'settling'; readonly member: MemberId }
  | { readonly kind: 'sync-members'; readonly member: MemberId; readonly generation: number }
  | { readonly kind: 'sync-handlers'; readonly member: MemberId }
  /** `rest` is pushed after these; `changing` waits for the end where a user does. */
  | {
      readonly kind: 'push-handlers';
      readonly member: MemberId;
      readonly entries: readonly HandlerEntry[];
      readonly rest: readonly HandlerEntry[];
      readonly changing: HandlerChanging | null;
    }
  | { readonly kind: 'telling'; readonly member: MemberId }
  | { readonly kind: 'farewell'; readonly removing: Removing; readonly member: MemberId }
  | { readonly kind: 'probing'; readonly changing: HandlerChanging; readonly member: MemberId };
