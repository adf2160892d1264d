/** `kafka`: a message in a topic of a Kafka cluster. */
import { err, ok } from '../../base/result.ts';
import { goQuote } from '../../alerts/go-quote.ts';
import { checkTemplates, notYetSent, type HandlerKind } from '../handler-kind.ts';
import { readOptions, text } from '../options.ts';

const schema = { cluster: text(), topic: text(), template: text() };

export const kafka: HandlerKind = {
  kind: 'kafka',
  prepare: (spec, environment) => {
    const options = readOptions('*kafka.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const { cluster, template } = options.value;
    if (!environment.kafkaClusters.includes(cluster)) return err(`unknown cluster ${goQuote(cluster)}`);
    const checked = checkTemplates([['kafka alert template', template]]);
    return checked.ok ? ok(notYetSent('kafka')) : err(`failed to parse template: ${checked.error}`);
  },
};
