/** `aggregate`: the events of an interval become one event of another topic. */
import { err, ok, type Result } from '../../base/result.ts';
import { formatGoDuration } from '../../base/duration.ts';
import { compileTemplate, renderTemplate, type Template } from '../../alerts/template/template.ts';
import { GoDuration, GoInt, goStruct } from '../../alerts/template/value.ts';
import { internal, type HandlerKind } from '../handler-kind.ts';
import { duration, readOptions, text } from '../options.ts';

const schema = {
  id: text(),
  interval: duration(),
  topic: text(),
  message: text('Received {{ .Count }} events in the last {{.Interval}}.'),
};

export const aggregate: HandlerKind = {
  kind: 'aggregate',
  prepare: (spec) => {
    const options = readOptions('*alert.AggregateHandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const { id, interval, topic, message } = options.value;
    const template = compileTemplate(message, { name: 'message', html: false });
    if (!template.ok) return template;
    const tried = renderMessage(template.value, 0, 0n);
    if (!tried.ok) return err(`failed to evaluate message template with aggregate message data: ${tried.error}`);
    // 1.5.4 ends the whole daemon here.
    if (interval <= 0n) return err(`invalid aggregate interval ${formatGoDuration(interval)}, must be greater than 0`);
    const render = (count: number): string => {
      const rendered = renderMessage(template.value, count, interval);
      return rendered.ok ? rendered.value : '';
    };
    return ok(internal({ kind: 'aggregate', intervalNs: interval, topic, event: id, message: render }));
  },
};

function renderMessage(template: Template, count: number, intervalNs: bigint): Result<string, string> {
  return renderTemplate(
    template,
    goStruct('alert.aggregateMessageData', { Count: new GoInt(BigInt(count)), Interval: new GoDuration(intervalNs) }),
  );
}
