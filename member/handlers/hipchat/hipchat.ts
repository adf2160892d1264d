/** `hipchat`: a message in a HipChat room. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

const schema = { room: text(), token: text() };

export const hipchat: HandlerKind = {
  kind: 'hipchat',
  prepare: (spec) => {
    const options = readOptions('*hipchat.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('hipchat')) : options;
  },
};
