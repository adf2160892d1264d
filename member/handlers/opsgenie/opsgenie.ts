/** `opsgenie`: an alert of OpsGenie's first API. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { list, readOptions, text } from '../options.ts';

const schema = { 'teams-list': list(text()), 'recipients-list': list(text()) };

export const opsgenie: HandlerKind = {
  kind: 'opsgenie',
  prepare: (spec) => {
    const options = readOptions('*opsgenie.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('opsgenie')) : options;
  },
};
