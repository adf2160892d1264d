/** Literals and names that fuzzing scripts use: those of the data mostly, odd ones now and then. */
import type { Draw } from './draw.ts';

export const fieldNames = ['v', 'v', 'v', 'w', 'n', 's', 'b'];
const oddFields = ['nothing', '', 'a b', 'grüße', 'time', 'host', 'a.v', "it's", 'mean', 'emitted'];
export const tagNames = ['host', 'host', 'core'];
const oddTags = ['none', '', 'a=b', 'dç', 'v', 'host '];

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

export function fieldName(draw: Draw): string {
  return quoted(draw.mostly(fieldNames, oddFields));
}

export function tagName(draw: Draw): string {
  return quoted(draw.mostly(tagNames, oddTags));
}

export function freshName(draw: Draw): string {
  return quoted(draw.mostly(['x', 'y', 'z', 'v', 'mean', 'count'], ['', 'host', 'a b', 'é', 'time', 'x.y', "q'"], 0.1));
}

export function duration(draw: Draw): string {
  return draw.mostly(
    ['1s', '2s', '3s', '5s', '10s', '1m', '500ms'],
    ['0s', '-1s', '1u', '1ms', '1w', '100w', '5200w', '90m', '1h', 'span', '(2s * 3)', '1500000u'],
    0.15,
  );
}

export function int(draw: Draw): string {
  return draw.mostly(['1', '2', '3', '5', '10'], ['0', '-1', '-5', '9223372036854775807', '0777', 'number'], 0.12);
}

export function float(draw: Draw): string {
  return draw.mostly(
    ['0.5', '1.0', '10.0', '50.0', '95.0', '99.9'],
    ['0.0', '-1.0', '100.0', '100.1', '150.0', '1000000000000000000000000.0', '0.0000001', '3'],
    0.15,
  );
}

export function text(draw: Draw): string {
  return draw.mostly(
    ["'x'", "'it'", "'some text'", "'a'"],
    ["''", "'é😀'", "'''tri'ple'''", "'a\\'b'", 'word', "'line\nbreak'", "'{{ .Nothing }}'", "'a,b=c d'"],
    0.15,
  );
}

export function scalar(draw: Draw): string {
  return draw.pick([int, float, text, duration, () => 'TRUE', () => '/re/', () => '*'])(draw);
}

export function dimensions(draw: Draw): string {
  if (draw.chance(0.25)) return '*';
  return draw
    .list(0, 3, () => (draw.chance(0.04) ? draw.pick(['1s', '1', '*', 'names', "['host', *]"]) : tagName(draw)))
    .join(', ');
}

export const templates = [
  '{{ .ID }} is {{ .Level }}',
  '{{ .Name }}/{{ .Group }}/{{ .TaskName }} {{ .Time }}',
  '{{ index .Tags "host" }}{{ index .Fields "v" }}',
  '{{ if eq .Level "OK" }}fine{{ else }}{{ .Duration }}{{ end }}',
  '{{ range $k, $v := .Fields }}{{ $k }}={{ printf "%v" $v }};{{ end }}',
  '{{ .ServerInfo.Hostname }} {{ .ID }}',
  '<b>{{ .Message }}</b>{{ index .Fields "s" | html }}',
];
const oddTemplates = [
  '{{ json . }}',
  '{{ .Nothing }}',
  '{{',
  '{{ index .Tags 5 }}',
  '{{ template "x" }}',
  '',
  '{{ range .Name }}{{ end }}',
  '{{ .Time.Unix }}',
];

export function template(draw: Draw): string {
  return quoted(draw.mostly(templates, oddTemplates, 0.1));
}
