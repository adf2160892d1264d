/** `alerta`: an alert in Alerta. */
import { ok } from '../../base/result.ts';
import { checkTemplates, notYetSent, type HandlerKind } from '../handler-kind.ts';
import { duration, list, readOptions, text } from '../options.ts';

const oneDayNs = 86_400_000_000_000n;

const schema = {
  token: text(),
  'token-prefix': text(),
  resource: text('{{ .Name }}'),
  event: text('{{ .ID }}'),
  environment: text(),
  group: text('{{ .Group }}'),
  value: text(),
  origin: text(),
  service: list(text()),
  timeout: duration(oneDayNs),
};

export const alerta: HandlerKind = {
  kind: 'alerta',
  prepare: (spec) => {
    const options = readOptions('*alerta.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const checked = checkTemplates([
      ['resource', options.value.resource],
      ['event', options.value.event],
      ['environment', options.value.environment],
      ['group', options.value.group],
      ['value', options.value.value],
      ...options.value.service.map((service) => ['service', service] as const),
    ]);
    return checked.ok ? ok(notYetSent('alerta')) : checked;
  },
};
