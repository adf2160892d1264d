/** Line protocol over UDP: one datagram is one body; what cannot be parsed is counted and logged, nothing is answered. */
import { createSocket } from 'node:dgram';
import { err, ok, type Result } from '../../base/result.ts';
import type { WriteBody } from '../../influx/block.ts';
import type { LineProtocolParser } from '../../influx/line-protocol/parse.ts';
import { formatHostPort, listenFailure, type ListenAddress } from '../http/listen-address.ts';
import type { Logger } from '../log/log.ts';

export interface UdpListenerOptions {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly parser: LineProtocolParser;
  readonly nowNs: () => bigint;
  readonly accept: (body: WriteBody, database: string, retentionPolicy: string) => Promise<void> | undefined;
  /** Bytes of the socket's receive buffer; 0 leaves the system's. */
  readonly readBufferBytes: number;
  readonly logger: Logger;
}

export interface UdpListener {
  readonly port: number;
  close(): Promise<void>;
}

export function openUdpListener(
  address: ListenAddress,
  options: UdpListenerOptions,
): Promise<Result<UdpListener, string>> {
  const socket = createSocket({
    type: address.host.includes(':') || address.host === '' ? 'udp6' : 'udp4',
    reuseAddr: false,
  });
  const { database, retentionPolicy } = options;
  socket.on('message', (datagram) => {
    const parsed = options.parser.parse(datagram, {
      database,
      retentionPolicy,
      precision: 'n',
      nowNs: options.nowNs(),
    });
    if (parsed.ok) void options.accept(parsed.value, database, retentionPolicy);
    else options.logger.error('cannot parse points', ['database', database], ['err', parsed.error]);
  });
  return new Promise((resolve) => {
    socket.once('error', (error) => {
      socket.close();
      resolve(err(listenFailure(error, 'udp', formatHostPort(address.host, address.port))));
    });
    socket.bind(address.port, address.host === '' ? undefined : address.host, () => {
      socket.removeAllListeners('error');
      socket.on('error', (error) => options.logger.error('udp listener failed', ['err', error.message]));
      if (options.readBufferBytes > 0) socket.setRecvBufferSize(options.readBufferBytes);
      resolve(ok({ port: socket.address().port, close: () => new Promise((done) => socket.close(() => done())) }));
    });
  });
}
