import { expect, test } from 'vitest';
import { LaneHeadReader, readLaneHead } from './lane-head.ts';

const head = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
const request = 'POST /write?db=d&rp=r HTTP/1.1';

test('a plain write is taken, with and without the base path', () => {
  const bytes = head(request, 'Host: h:1', 'content-length: 3', 'User-Agent: x', 'Connection: keep-alive');
  expect(readLaneHead(bytes)).toEqual({
    queryText: 'db=d&rp=r',
    host: 'h:1',
    contentLength: 3,
    bodyStart: bytes.length,
  });
  expect(readLaneHead(head('POST /kapacitor/v1/write?db=d HTTP/1.1', 'Host: h', 'Content-Length: 0'))).toMatchObject({
    queryText: 'db=d',
  });
});

test('a head that has not all come is partial', () => {
  const bytes = head(request, 'Host: h', 'Content-Length: 3');
  for (let length = 0; length < bytes.length; length++) expect(readLaneHead(bytes.subarray(0, length))).toBe('partial');
});

test.each<[string, readonly string[]]>([
  ['another method', ['GET /write?db=d HTTP/1.1', 'Host: h', 'Content-Length: 0']],
  ['another path', ['POST /kapacitor/v1/tasks HTTP/1.1', 'Host: h', 'Content-Length: 0']],
  ['an unclean path', ['POST //write?db=d HTTP/1.1', 'Host: h', 'Content-Length: 0']],
  ['no query', ['POST /write HTTP/1.1', 'Host: h', 'Content-Length: 0']],
  ['an older protocol', ['POST /write?db=d HTTP/1.0', 'Host: h', 'Content-Length: 0']],
  ['no length', [request, 'Host: h']],
  ['two lengths', [request, 'Host: h', 'Content-Length: 1', 'Content-Length: 2']],
  ['a length that is none', [request, 'Host: h', 'Content-Length: +1']],
  ['no host', [request, 'Content-Length: 1']],
  ['two hosts', [request, 'Host: a', 'Host: b', 'Content-Length: 1']],
  ['chunks', [request, 'Host: h', 'Transfer-Encoding: chunked']],
  ['chunks beside a length', [request, 'Host: h', 'Content-Length: 1', 'Transfer-Encoding: chunked']],
  ['a packed body', [request, 'Host: h', 'Content-Length: 1', 'Content-Encoding: gzip']],
  ['an origin', [request, 'Host: h', 'Content-Length: 1', 'Origin: http://x']],
  ['credentials', [request, 'Host: h', 'Content-Length: 1', 'Authorization: Basic eDp5']],
  ['an end of the connection', [request, 'Host: h', 'Content-Length: 1', 'Connection: close']],
  ['an expectation', [request, 'Host: h', 'Content-Length: 1', 'Expect: 100-continue']],
  ['a folded line', [request, 'Host: h', ' folded', 'Content-Length: 1']],
  ['a blank before the colon', [request, 'Host : h', 'Content-Length: 1']],
])('a request with %s is for the full server', (_name, lines) => {
  expect(readLaneHead(head(...lines))).toBe('foreign');
});

test('an endless head is for the full server', () => {
  expect(readLaneHead(Buffer.from(`${request}\r\nUser-Agent: ${'x'.repeat(5_000)}`))).toBe('foreign');
});

test('a head that is known again is read as it was, and one of another length is another one', () => {
  const reader = new LaneHeadReader();
  const of = (length: number): Buffer => head(request, 'Host: h', `Content-Length: ${length}`);
  expect([1, 22, 1].map((length) => reader.read(Buffer.concat([of(length), Buffer.from('body')])))).toEqual(
    [1, 22, 1].map((length) => readLaneHead(of(length))),
  );
  expect(reader.read(head('GET / HTTP/1.1'))).toBe('foreign');
  expect(reader.read(of(1).subarray(0, 20))).toBe('partial');
});
