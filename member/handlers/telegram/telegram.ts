/** `telegram`: a Telegram message. */
import { ok } from '../../base/result.ts';
import { notYetSent, type HandlerKind } from '../handler-kind.ts';
import { flag, readOptions, text } from '../options.ts';

const schema = {
  'chat-id': text(),
  'parse-mode': text(),
  'disable-web-page-preview': flag(),
  'disable-notification': flag(),
};

export const telegram: HandlerKind = {
  kind: 'telegram',
  prepare: (spec) => {
    const options = readOptions('*telegram.HandlerConfig', schema, spec.options);
    return options.ok ? ok(notYetSent('telegram')) : options;
  },
};
