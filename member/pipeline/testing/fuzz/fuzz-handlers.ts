import type { Draw } from './draw.ts';
import * as value from './fuzz-values.ts';

type Call = (draw: Draw) => string;

const text: Call = (draw) => value.text(draw);

/** How scripts call the handlers of an alert, with what may follow each. */
const handlers: readonly (readonly [call: Call, options: readonly Call[]])[] = [
  [
    () => `.post('http://collector/alert')`,
    [
      (draw) => `.header(${text(draw)}, ${text(draw)})`,
      () => '.captureResponse()',
      (draw) => `.timeout(${value.duration(draw)})`,
    ],
  ],
  [(draw) => `.post(${draw.pick(['', "'x'"])})`, [(draw) => `.endpoint(${text(draw)})`]],
  [(draw) => `.tcp(${text(draw)})`, []],
  [(draw) => `.email(${draw.list(0, 2, () => text(draw)).join(', ')})`, [(draw) => `.to(${text(draw)})`]],
  [(draw) => `.exec(${draw.list(1, 3, () => text(draw)).join(', ')})`, []],
  [() => `.log('/tmp/alert.log')`, [(draw) => `.mode(${value.int(draw)})`]],
  [
    () => '.slack()',
    [(draw) => `.channel(${text(draw)})`, (draw) => `.username(${text(draw)})`, (draw) => `.iconEmoji(${text(draw)})`],
  ],
  [() => '.telegram()', [(draw) => `.chatId(${text(draw)})`, () => '.disableNotification()']],
  [() => '.victorOps()', [(draw) => `.routingKey(${text(draw)})`]],
  [() => '.pagerDuty()', [(draw) => `.serviceKey(${text(draw)})`]],
  [() => '.pagerDuty2()', [(draw) => `.link(${text(draw)}, ${text(draw)})`, (draw) => `.routingKey(${text(draw)})`]],
  [() => '.opsGenie()', [(draw) => `.teams(${text(draw)})`]],
  [() => '.opsGenie2()', [(draw) => `.recipients(${text(draw)})`]],
  [
    () => '.sensu()',
    [(draw) => `.handlers(${text(draw)})`, (draw) => `.metadata(${text(draw)}, ${value.scalar(draw)})`],
  ],
  [
    (draw) => `.snmpTrap(${text(draw)})`,
    [(draw) => `.data(${text(draw)}, ${draw.pick(["'i'", "'x'"])}, ${text(draw)})`],
  ],
  [() => '.hipChat()', [(draw) => `.room(${text(draw)})`]],
  [() => '.kafka()', [(draw) => `.kafkaTopic(${text(draw)})`, (draw) => `.template(${value.template(draw)})`]],
  [
    () => '.alerta()',
    [
      (draw) => `.resource(${value.template(draw)})`,
      (draw) => `.services(${text(draw)})`,
      (draw) => `.timeout(${value.duration(draw)})`,
    ],
  ],
  [() => '.pushover()', [(draw) => `.title(${text(draw)})`, (draw) => `.sound(${text(draw)})`]],
  [(draw) => `.mqtt(${text(draw)})`, [(draw) => `.qos(${value.int(draw)})`, () => '.retained(TRUE)']],
  [() => '.talk()', []],
];

export function handlerCalls(draw: Draw): readonly string[] {
  return draw.list(0, 1, () => {
    const [call, options] = draw.pick(handlers);
    return [call(draw), ...draw.some(options, 0.4).map((option) => option(draw))].join('');
  });
}
