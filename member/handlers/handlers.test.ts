import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ok } from '../base/result.ts';
import type { JsonValue } from '../base/store.ts';
import type { AlertEvent, HandlerSpec } from '../alerts/event.ts';
import { emptyEnvironment, type HandlerEnvironment } from './environment.ts';
import { checkHandlerSpec, HandlerRunner, prepareHandler } from './handlers.ts';
import type { HandlerPorts, OutgoingRequest } from './ports.ts';
import { handlerKindNames } from './registry.ts';

interface Recorded {
  readonly kind: string;
  readonly options: { readonly [name: string]: JsonValue } | null;
  readonly error: string | null;
}
const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('testdata/options.json', import.meta.url), 'utf8'),
);

function spec(kind: string, options: HandlerSpec['options']): HandlerSpec {
  return { id: 'h', topic: 't', kind, options, match: '' };
}

const event: AlertEvent = {
  topic: 't',
  id: 'cpu.web-1',
  level: 'CRITICAL',
  previousLevel: 'OK',
  timeNs: 1_500_000_001_000_000_000n,
  durationNs: 0n,
  message: 'cpu.web-1 is CRITICAL, v=4 & "more"',
  details: '<b>x</b>',
  series: [
    {
      name: 'cpu',
      tags: { host: 'web-1' },
      columns: ['time', 'v', 'f'],
      values: [[1_500_000_001_000_000_000n, 9_007_199_254_740_993n, 1e21]],
    },
  ],
  name: 'cpu',
  task: 'task',
  group: 'host=web-1',
  tags: { host: 'web-1' },
  fields: { v: 4n },
  recoverable: true,
};
const json =
  '{"id":"cpu.web-1","message":"cpu.web-1 is CRITICAL, v=4 \\u0026 \\"more\\"","details":"\\u003cb\\u003ex\\u003c/b\\u003e",' +
  '"time":"2017-07-14T02:40:01Z",' +
  '"duration":0,"level":"CRITICAL","data":{"series":[{"name":"cpu","tags":{"host":"web-1"},"columns":["time","v","f"],' +
  '"values":[["2017-07-14T02:40:01Z",9007199254740993,1e+21]]}]},"previousLevel":"OK","recoverable":true}\n';

function rendered(
  kind: string,
  options: HandlerSpec['options'],
  environment: HandlerEnvironment = emptyEnvironment,
): OutgoingRequest | string {
  const handler = prepareHandler(spec(kind, options), environment);
  if (!handler.ok) return handler.error;
  const request = handler.value.render(event, environment);
  return request.ok ? request.value : request.error;
}

describe('definitions of handlers', () => {
  test('options are accepted and refused as recorded of 1.5.4', () => {
    expect(recorded.length).toBeGreaterThan(45);
    const differing = recorded.flatMap(({ kind, options, error }) => {
      const got = prepareHandler(spec(kind, options), emptyEnvironment);
      const text = got.ok ? null : got.error;
      return text === error ? [] : [{ kind, options, error, text }];
    });
    expect(differing).toEqual([]);
  });

  test('every kind of the original is known, others are refused', () => {
    expect(handlerKindNames.length).toBe(22);
    expect(prepareHandler(spec('carrier-pigeon', null), emptyEnvironment)).toEqual({
      ok: false,
      error: 'unsupported action kind "carrier-pigeon"',
    });
  });

  test('ids and topics', () => {
    const problem = (changes: Partial<HandlerSpec>): string | null => {
      const checked = checkHandlerSpec({ ...spec('post', null), ...changes });
      return checked.ok ? null : checked.error;
    };
    expect(problem({ id: 'ünï.c-o_d9', topic: 'main:a:b' })).toBe(null);
    expect(problem({ id: 'a b' })).toBe(`handler ID must contain only letters, numbers, '-', '.' and '_'. "a b"`);
    expect(problem({ topic: 'bad topic', id: 'a' })).toBe(
      `handler topic must contain only letters, numbers, '-', '.' and '_'. "a"`,
    );
    expect(problem({ kind: '' })).toBe('handler Kind must not be empty');
  });

  test('an aggregate without an interval, which ends the original, is refused', () => {
    expect(rendered('aggregate', { topic: 'x' })).toBe('invalid aggregate interval 0s, must be greater than 0');
  });
});

describe('requests of handlers', () => {
  test('post sends the event as JSON, exact integers included, and names the member', () => {
    const environment = { ...emptyEnvironment, memberId: 'm' };
    expect(
      rendered(
        'post',
        { url: 'http://h/x', headers: { 'X-Team': 'a', 'content-type': 'text/x' }, timeout: 100_000_000 },
        environment,
      ),
    ).toEqual({
      port: 'http',
      method: 'POST',
      url: 'http://h/x',
      body: json,
      timeoutMs: 100,
      skipTlsVerification: false,
      headers: [
        ['X-Team', 'a'],
        ['Content-Type', 'application/json'],
        ['X-Kapacitor-Member', 'm'],
      ],
    });
  });

  test('an endpoint gives address, headers, credentials and body; the handler’s headers win', () => {
    const endpoint = {
      endpoint: 'example',
      url: 'http://h/ep',
      headers: { 'X-A': 'conf', 'X-B': 'conf' },
      username: 'u',
      password: 'p:w',
      isTemplateFile: false,
      alertTemplate:
        '{{ .ID }}|{{ .Level }}|{{ .PreviousLevel }}|{{ .Time }}|{{ .Duration }}|{{ .Recoverable }}|' +
        '{{ range .Data.Series }}{{ .Name }} {{ range .Values }}{{ . }}{{ end }}{{ end }}|{{ json .Data }}',
    };
    const environment = { ...emptyEnvironment, endpoints: [endpoint] };
    expect(
      rendered('post', { endpoint: 'example', url: 'http://other/', headers: { 'X-B': 'own' } }, environment),
    ).toEqual({
      port: 'http',
      method: 'POST',
      url: 'http://h/ep',
      timeoutMs: null,
      skipTlsVerification: false,
      headers: [
        ['Authorization', 'Basic dTpwOnc='],
        ['X-A', 'conf'],
        ['X-B', 'own'],
      ],
      body:
        'cpu.web-1|CRITICAL|OK|2017-07-14 02:40:01 +0000 UTC|0s|true|cpu [2017-07-14 02:40:01 +0000 UTC 9007199254740993 1e+21]|' +
        '{"series":[{"name":"cpu","tags":{"host":"web-1"},"columns":["time","v","f"],' +
        '"values":[["2017-07-14T02:40:01Z",9007199254740993,1e+21]]}]}\n',
    });
  });

  test('log, tcp and exec carry the same JSON', () => {
    expect(rendered('log', { path: '/tmp/l', mode: 420 })).toEqual({
      port: 'append',
      path: '/tmp/l',
      mode: 0o644,
      body: json,
    });
    expect(rendered('tcp', { address: 'h:1' })).toEqual({ port: 'tcp', address: 'h:1', body: `${json}\n` });
    expect(rendered('exec', { prog: '/bin/x', args: ['a'] })).toEqual({
      port: 'exec',
      program: '/bin/x',
      args: ['a'],
      input: json,
    });
  });

  test('a kind without a sender says so at its attempt', () => {
    expect(rendered('slack', {})).toBe('failed to send event: this member has no sender for slack yet');
  });
});

describe('attempts', () => {
  const ports: HandlerPorts = {
    http: async (request) => ok({ status: request.url.endsWith('bad') ? 500 : 204, body: 'broken' }),
    tcp: async () => ({ ok: false, error: 'connection refused' }),
    append: async () => ok(null),
    exec: async () => ok({ failure: 'exit status 3', output: 'run\n' }),
  };
  const runner = new HandlerRunner(ports, emptyEnvironment);

  test('an attempt ends with null or with what went wrong', async () => {
    expect(await runner.run(spec('post', { url: 'http://h/good' }), event, null)).toBe(null);
    expect(await runner.run(spec('post', { url: 'http://h/bad', 'capture-response': true }), event, null)).toBe(
      'POST returned non 2xx status code 500: broken',
    );
    expect(await runner.run(spec('tcp', {}), event, null)).toBe('tcp handler failed to connect: connection refused');
    expect(await runner.run(spec('exec', {}), event, null)).toBe('exec command failed: exit status 3: run');
    expect(await runner.run(spec('log', { path: '/tmp/x' }), event, null)).toBe(null);
  });
});
