import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileTemplate, detailsJson, renderTemplate } from './template.ts';
import { anyMap, GoDuration, goStruct, GoTime, stringMap } from './value.ts';

const idInfo = goStruct('main.idInfo', {
  Name: 'cpu',
  TaskName: 't1',
  Group: 'host=a',
  Tags: stringMap({ host: `a<b>&'"+c`, dc: 'eu', url: `http://h/a b?c=<d>&e='f'`, js: 'javascript:run()', n: '' }),
  ServerInfo: goStruct('main.serverInfo', { Hostname: 'h', ClusterID: 'c', ServerID: 's' }),
});
const fields = {
  f: 3.14159,
  i: 42n,
  neg: -7n,
  b: true,
  s: 'te"xt\n☃ é',
  big: 1e21,
  small: -0.000001,
  zero: 0,
  nb: false,
  e: '',
  half: 2.5,
};
const message = goStruct('main.messageInfo', {
  idInfo,
  ID: 'cpu:host=a',
  Fields: anyMap(fields),
  Level: 'CRITICAL',
  Time: new GoTime(1_500_000_001_123_456_789n),
  Duration: new GoDuration(61_500_000_000n),
});
const details = goStruct('main.detailsInfo', { messageInfo: message, Message: 'the <message>' });

type Recorded = readonly [name: 'message' | 'details', text: string, wanted: { output?: string; error?: string }];
const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('testdata/go-templates.json', import.meta.url), 'utf8'),
);

function run(name: 'message' | 'details', text: string): { output?: string; error?: string } {
  const isHtml = name === 'details';
  const template = compileTemplate(text, {
    name,
    html: isHtml,
    ...(isHtml ? { functions: new Map([['json', detailsJson]]) } : {}),
  });
  if (!template.ok) return { error: template.error };
  const result = renderTemplate(template.value, isHtml ? details : message);
  return result.ok ? { output: result.value } : { error: result.error };
}

describe('templates give what Go gives, errors letter for letter', () => {
  test('the recorded templates, plain and escaped by context', () => {
    expect(recorded.length).toBeGreaterThan(500);
    const differing = recorded.flatMap(([name, text, wanted]) => {
      const got = run(name, text);
      return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [{ name, text, wanted, got }];
    });
    expect(differing).toEqual([]);
  });

  test('a byte order mark made of bytes is a character', () => {
    expect(run('message', String.raw`{{ "\xef\xbb\xbfa" }}`)).toEqual({ output: '\ufeffa' });
    expect(run('message', String.raw`{{ slice "\ufeffab" 0 4 }}`)).toEqual({ output: '\ufeffa' });
  });
});
