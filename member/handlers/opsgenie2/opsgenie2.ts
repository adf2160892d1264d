/** `opsgenie2`: an alert of OpsGenie's second API. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { list, readOptions, text } from '../options.ts';

const schema = { 'teams-list': list(text()), 'recipients-list': list(text()) };

export const opsgenie2: HandlerKind = {
  kind: 'opsgenie2',
  prepare: (spec) => {
    const options = readOptions('*opsgenie2.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('opsgenie2')) : options;
  },
};
