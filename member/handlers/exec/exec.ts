/** `exec`: a program per event, with the event as JSON on its standard input. */
import { err, ok } from '../../base/result.ts';
import { eventJson } from '../../alerts/event-json.ts';
import { send, type HandlerKind } from '../handler-kind.ts';
import { list, readOptions, text } from '../options.ts';

export const exec: HandlerKind = {
  kind: 'exec',
  prepare: (spec) => {
    const options = readOptions('*alert.ExecHandlerConfig', { prog: text(), args: list(text()) }, spec.options);
    if (!options.ok) return options;
    const { prog, args } = options.value;
    return ok({
      effect: send,
      render: (event) => {
        const json = eventJson(event);
        if (!json.ok) return err(`failed to marshal alert data json: ${json.error}`);
        return ok({ port: 'exec', program: prog, args, input: `${json.value}\n` });
      },
      judge: (answer) => {
        if (answer === null || !('failure' in answer) || answer.failure === '') return null;
        return `exec command failed: ${answer.failure}${answer.output === '' ? '' : `: ${answer.output.trim()}`}`;
      },
      failure: 'exec command failed',
    });
  },
};
