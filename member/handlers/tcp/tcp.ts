/** `tcp`: a connection per event; the event as a line of JSON, an empty line, and the end. */
import { err, ok } from '../../base/result.ts';
import { eventJson } from '../../alerts/event-json.ts';
import { send, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

export const tcp: HandlerKind = {
  kind: 'tcp',
  prepare: (spec) => {
    const options = readOptions('*alert.TCPHandlerConfig', { address: text() }, spec.options);
    if (!options.ok) return options;
    return ok({
      effect: send,
      render: (event) => {
        const json = eventJson(event);
        if (!json.ok) return err(`failed to marshal alert data json: ${json.error}`);
        return ok({ port: 'tcp', address: options.value.address, body: `${json.value}\n\n` });
      },
      judge: () => null,
      failure: 'tcp handler failed to connect',
    });
  },
};
