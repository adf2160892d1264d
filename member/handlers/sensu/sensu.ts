/** `sensu`: a check result for Sensu. */
import { ok } from '../../base/result.ts';
import { checkTemplates, notYetSent, type HandlerKind } from '../handler-kind.ts';
import { anyMap, list, readOptions, text } from '../options.ts';

const schema = { source: text(), handlers: list(text()), metadata: anyMap() };

export const sensu: HandlerKind = {
  kind: 'sensu',
  prepare: (spec) => {
    const options = readOptions('*sensu.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const checked = checkTemplates([['source', options.value.source]]);
    return checked.ok ? ok(notYetSent('sensu')) : checked;
  },
};
