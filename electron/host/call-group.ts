import type { HostCalls, RequestName } from '../contract/requests.ts';

/** The calls of the contract whose names begin with a word and a dot: one host file implements each group. */
export type CallGroup<Word extends string> = Pick<HostCalls, Extract<RequestName, `${Word}.${string}`>>;
