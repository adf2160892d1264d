/** `talk`: a message to Talk. Its options are ignored, whatever they are, as 1.5.4 does. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';

export const talk: HandlerKind = { kind: 'talk', prepare: () => ok(notYetSent('talk')) };
