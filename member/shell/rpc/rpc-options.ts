import type { ChannelOptions } from '@grpc/grpc-js';

/** Handlers of a whole cluster ride with an invitation; everything else stays at 1 MiB (sync chunks). */
const maxMessageBytes = 16 * 1024 * 1024;

const shared: ChannelOptions = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  // Finds a peer that is gone without a word, on connections that carry nothing.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

export const channelOptions: ChannelOptions = {
  ...shared,
  'grpc.keepalive_permit_without_calls': 1,
  // A restarted member is to be reachable again within a second.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.min_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  // The cores decide what is asked again.
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
};

export const serverOptions: ChannelOptions = { ...shared };
