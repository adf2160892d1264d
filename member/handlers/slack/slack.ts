/** `slack`: a message in a Slack channel. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

const schema = { workspace: text(), channel: text(), username: text(), 'icon-emoji': text() };

export const slack: HandlerKind = {
  kind: 'slack',
  prepare: (spec) => {
    const options = readOptions('*slack.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('slack')) : options;
  },
};
