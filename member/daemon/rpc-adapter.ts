/** gRPC between members, as the composition of a process uses it. */
export { openRpc, type RpcService as RpcAdapter } from '../shell/rpc/rpc-service.ts';
