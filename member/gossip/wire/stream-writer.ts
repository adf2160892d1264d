/** One message of a stream: label header (dialling side only), encryption frame, compression. */
import { ByteSink, concatBytes } from './bytes.ts';
import { encryptedLength, seal } from './encryption.ts';
import { outgoingEncryption, type Envelope } from './envelope.ts';
import { typeByte } from './message-type.ts';
import { withLabel } from './label.ts';
import { writeCompressed } from './compress.ts';

/** Type byte and length of an encryption frame. */
export const frameHeaderBytes = 5;

/** `message` is a whole message with its type byte. */
export function writeStream(envelope: Envelope, message: Uint8Array, isDialler: boolean): Uint8Array {
  let bytes = envelope.isCompressing ? writeCompressed(message) : message;
  const encryption = outgoingEncryption(envelope);
  if (encryption !== null) {
    const sink = new ByteSink(frameHeaderBytes);
    sink.byte(typeByte.encrypt);
    sink.bigEndian(encryptedLength(encryption.version, bytes.length), 4);
    const header = sink.view();
    bytes = concatBytes(header, seal(encryption, bytes, concatBytes(header, envelope.label)));
  }
  return isDialler ? withLabel(envelope.label, bytes) : bytes;
}
