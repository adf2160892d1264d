/** `pagerduty`: an event of PagerDuty's first API. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

const schema = { 'service-key': text() };

export const pagerduty: HandlerKind = {
  kind: 'pagerduty',
  prepare: (spec) => {
    const options = readOptions('*pagerduty.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('pagerduty')) : options;
  },
};
