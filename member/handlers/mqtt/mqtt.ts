/** `mqtt`: a message to an MQTT broker. */
import { ok } from '../../base/result.ts';
import { checkTemplates, notYetSent, type HandlerKind } from '../handler-kind.ts';
import { flag, qualityOfService, readOptions, text } from '../options.ts';

const schema = { 'broker-name': text(), topic: text(), qos: qualityOfService(), retained: flag() };

export const mqtt: HandlerKind = {
  kind: 'mqtt',
  prepare: (spec) => {
    const options = readOptions('*mqtt.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const checked = checkTemplates([['topic', options.value.topic]]);
    return checked.ok ? ok(notYetSent('mqtt')) : checked;
  },
};
