/** All kinds of handlers there are; a new one is a folder and a line here. */
import { aggregate } from './aggregate/aggregate.ts';
import { alerta } from './alerta/alerta.ts';
import { exec } from './exec/exec.ts';
import { hipchat } from './hipchat/hipchat.ts';
import { kafka } from './kafka/kafka.ts';
import { log } from './log/log.ts';
import { mqtt } from './mqtt/mqtt.ts';
import { opsgenie } from './opsgenie/opsgenie.ts';
import { opsgenie2 } from './opsgenie2/opsgenie2.ts';
import { pagerduty } from './pagerduty/pagerduty.ts';
import { pagerduty2 } from './pagerduty2/pagerduty2.ts';
import { post } from './post/post.ts';
import { publish } from './publish/publish.ts';
import { pushover } from './pushover/pushover.ts';
import { sensu } from './sensu/sensu.ts';
import { slack } from './slack/slack.ts';
import { smtp } from './smtp/smtp.ts';
import { snmptrap } from './snmptrap/snmptrap.ts';
import { talk } from './talk/talk.ts';
import { tcp } from './tcp/tcp.ts';
import { telegram } from './telegram/telegram.ts';
import { victorops } from './victorops/victorops.ts';
import type { HandlerKind } from './handler-kind.ts';

const kinds: readonly HandlerKind[] = [
  aggregate,
  alerta,
  exec,
  hipchat,
  kafka,
  log,
  mqtt,
  opsgenie,
  opsgenie2,
  pagerduty,
  pagerduty2,
  post,
  publish,
  pushover,
  sensu,
  slack,
  smtp,
  snmptrap,
  talk,
  tcp,
  telegram,
  victorops,
];

const byName: ReadonlyMap<string, HandlerKind> = new Map(kinds.map((kind) => [kind.kind, kind]));

export function handlerKind(name: string): HandlerKind | undefined {
  return byName.get(name);
}

export const handlerKindNames: readonly string[] = kinds.map(({ kind }) => kind);
