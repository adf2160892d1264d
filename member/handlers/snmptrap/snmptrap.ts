/** `snmptrap`: an SNMP trap. */
import { ok } from '../../base/result.ts';
import { checkTemplates, notYetSent, type HandlerKind } from '../handler-kind.ts';
import { group, list, readOptions, text } from '../options.ts';

const schema = { 'trap-oid': text(), 'data-list': list(group({ oid: text(), type: text(), value: text() })) };

export const snmptrap: HandlerKind = {
  kind: 'snmptrap',
  prepare: (spec) => {
    const options = readOptions('*snmptrap.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const checked = checkTemplates(options.value['data-list'].map(({ value }) => ['data', value] as const));
    return checked.ok ? ok(notYetSent('snmptrap')) : checked;
  },
};
