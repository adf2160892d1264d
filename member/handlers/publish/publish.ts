/** `publish`: the event goes on to other topics, which have owners and handlers of their own. */
import { ok } from '../../base/result.ts';
import { internal, type HandlerKind } from '../handler-kind.ts';
import { list, readOptions, text } from '../options.ts';

export const publish: HandlerKind = {
  kind: 'publish',
  prepare: (spec) => {
    const options = readOptions('*alert.PublishHandlerConfig', { topics: list(text()) }, spec.options);
    return options.ok ? ok(internal({ kind: 'publish', topics: options.value.topics })) : options;
  },
};
