/** `victorops`: a VictorOps alert. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

const schema = { 'routing-key': text() };

export const victorops: HandlerKind = {
  kind: 'victorops',
  prepare: (spec) => {
    const options = readOptions('*victorops.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('victorops')) : options;
  },
};
