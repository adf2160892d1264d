import { describe, expect, test } from 'vitest';
import { compileAlertTemplates, type MessageFacts } from './alert-templates.ts';

const facts: MessageFacts = {
  name: 'oven',
  taskName: 'task',
  group: 'line=b',
  tags: { line: 'b', unit: '7' },
  server: { hostname: 'h', clusterId: 'c', serverId: 's' },
  id: 'oven:line=b',
  fields: { door: 'shut', temp: 210.5 },
  level: 'WARNING',
  timeNs: 1_500_000_001_000_000_000n,
  durationNs: 0n,
};

function render(texts: { id?: string; message?: string; details?: string }, given: MessageFacts = facts): unknown {
  const templates = compileAlertTemplates({
    id: texts.id ?? '{{ .Name }}:{{ .Group }}',
    message: texts.message ?? '{{ .ID }} is {{ .Level }}',
    details: texts.details ?? '{{ json . }}',
  });
  if (!templates.ok) return templates.error;
  const id = templates.value.id(given);
  if (!id.ok) return id.error;
  const both = templates.value.messageAndDetails(given);
  return both.ok ? { id: id.value, ...both.value } : both.error;
}

describe('templates of an alert node, as recorded of 1.5.4', () => {
  test('the defaults', () => {
    expect(render({})).toEqual({
      id: 'oven:line=b',
      message: 'oven:line=b is WARNING',
      details: [
        '{"Name":"oven","TaskName":"task","Group":"line=b","Tags":{"line":"b","unit":"7"},',
        '"ServerInfo":{"Hostname":"h","ClusterID":"c","ServerID":"s"},"ID":"oven:line=b",',
        '"Fields":{"door":"shut","temp":210.5},"Level":"WARNING","Time":"2017-07-14T02:40:01Z",',
        '"Duration":0,"Message":"oven:line=b is WARNING"}\n',
      ]
        .join('')
        .replaceAll('"', '&#34;'),
    });
  });

  test('json exists in details only, broken templates are refused, unknown fields fail at rendering', () => {
    expect(render({ message: '{{ json .Fields }}' })).toBe('template: message:1: function "json" not defined');
    expect(render({ id: '{{ .Name ' })).toBe('template: id:1: unclosed action');
    expect(render({ message: '{{ .Nope }}' })).toBe(
      `template: message:1:3: executing "message" at <.Nope>: can't evaluate field Nope in type kapacitor.messageInfo`,
    );
  });

  test('without a group templates see nil', () => {
    expect(render({ message: '{{ .Group }}', details: 'x' }, { ...facts, group: '' })).toEqual({
      id: 'oven:nil',
      message: 'nil',
      details: 'x',
    });
  });

  test('integers and floats print as Go prints them', () => {
    const fields = { i: -9_007_199_254_740_993n, f: 123_456_789, small: -0.000001 };
    const message = '{{ index .Fields "i" }} {{ index .Fields "f" }} {{ .Fields.small }} {{ .Tags.gone }}{{ index .Tags "gone" }}';
    expect(render({ message, details: '[{{ .Fields.gone }}]' }, { ...facts, fields })).toEqual({
      id: 'oven:line=b',
      message: '-9007199254740993 1.23456789e+08 -1e-06 <no value>',
      details: '[]',
    });
  });
});
