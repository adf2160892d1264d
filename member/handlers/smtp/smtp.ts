/** `smtp`: a mail. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { list, readOptions, text } from '../options.ts';

const schema = { to: list(text()) };

export const smtp: HandlerKind = {
  kind: 'smtp',
  prepare: (spec) => {
    const options = readOptions('*smtp.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('smtp')) : options;
  },
};
