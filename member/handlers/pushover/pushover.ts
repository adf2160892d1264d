/** `pushover`: a Pushover notification. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

const schema = { device: text(), title: text(), url: text(), 'url-title': text(), sound: text() };

export const pushover: HandlerKind = {
  kind: 'pushover',
  prepare: (spec) => {
    const options = readOptions('*pushover.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('pushover')) : options;
  },
};
