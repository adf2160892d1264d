/** `log`: one line of JSON per event, appended to a file. */
import { err, ok } from '../../base/result.ts';
import { eventJson } from '../../alerts/event-json.ts';
import { send, type HandlerKind } from '../handler-kind.ts';
import { fileMode, readOptions, text } from '../options.ts';

const ownerWrites = 0o200;

export const log: HandlerKind = {
  kind: 'log',
  prepare: (spec) => {
    const options = readOptions('*alert.LogHandlerConfig', { path: text(), mode: fileMode(0o600) }, spec.options);
    if (!options.ok) return options;
    const { path, mode } = options.value;
    if ((mode & ownerWrites) === 0) return err(`invalid file mode ${modeText(mode)}, must be user writable`);
    if (!path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path))
      return err(`log path must be absolute: ${path} is not absolute`);
    return ok({
      effect: send,
      render: (event) => {
        const json = eventJson(event);
        return json.ok
          ? ok({ port: 'append', path, mode, body: `${json.value}\n` })
          : err(`failed to marshal alert data json: ${json.error}`);
      },
      judge: () => null,
      failure: 'failed to open file for alert logging',
    });
  },
};

/** As Go's `FileMode.String`. */
function modeText(mode: number): string {
  const kinds = Array.from('dalTLDpSugct?').filter((_, i) => (mode & (1 << (31 - i))) !== 0);
  const bits = Array.from('rwxrwxrwx', (char, i) => ((mode & (1 << (8 - i))) === 0 ? '-' : char));
  return (kinds.length === 0 ? '-' : kinds.join('')) + bits.join('');
}
