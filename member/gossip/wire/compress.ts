/** The compress message: another message of the same channel inside, LZW-packed. */
import { err, type Result } from '../../base/result.ts';
import { nilBytes, ByteSink } from './bytes.ts';
import { lzwCompress, lzwDecompress, type PlainBudget } from './lzw.ts';
import { typeByte } from './message-type.ts';
import type { MsgpackReader } from './msgpack-reader.ts';
import { MsgpackWriter } from './msgpack-writer.ts';
import type { RejectReason } from './reject-reason.ts';

const lzwAlgorithm = 0;

export function writeCompressed(message: Uint8Array): Uint8Array {
  const packed = lzwCompress(message);
  const sink = new ByteSink(packed.length + 20);
  sink.byte(typeByte.compress);
  return new MsgpackWriter(sink).map(2).text('Algo').uint(lzwAlgorithm).text('Buf').bytes(packed).done();
}

export interface CompressedBody {
  readonly algorithm: number;
  readonly packed: Uint8Array;
}

export function readCompressedBody(reader: MsgpackReader): CompressedBody {
  let algorithm = lzwAlgorithm;
  let packed = nilBytes;
  reader.map((key) => {
    if (key === 'Algo') algorithm = reader.uint(0xff);
    else if (key === 'Buf') packed = reader.bytes();
    else reader.skip();
  });
  return { algorithm, packed };
}

export function decompressBody(body: CompressedBody, budget: PlainBudget): Result<Uint8Array, RejectReason> {
  if (body.algorithm !== lzwAlgorithm) return err('unknown-algorithm');
  return lzwDecompress(body.packed, budget);
}
