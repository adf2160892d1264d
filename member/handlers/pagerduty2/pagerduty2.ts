/** `pagerduty2`: an event of PagerDuty's second API. */
import { ok } from '../../base/result.ts';
import { checkTemplates, notYetSent, type HandlerKind } from '../handler-kind.ts';
import { group, list, readOptions, text } from '../options.ts';

const schema = { 'routing-key': text(), links: list(group({ href: text(), text: text() })) };

export const pagerduty2: HandlerKind = {
  kind: 'pagerduty2',
  prepare: (spec) => {
    const options = readOptions('*pagerduty2.HandlerConfig', schema, spec.options);
    if (!options.ok) return options;
    const checked = checkTemplates(
      options.value.links.flatMap((link) => [['href', link.href] as const, ['text', link.text] as const]),
    );
    return checked.ok ? ok(notYetSent('pagerduty2')) : checked;
  },
};
