/** Laws of parser and formatter over the whole language and over what is none of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program, StatementNode } from './node.ts';
import { parseLambda, parseScript } from './parser.ts';
import { formatProgram } from './printer.ts';
import { plainScripts, scripts } from './random-script.contract.ts';

function programOf(text: string): Program {
  const parsed = parseScript(text);
  if (!parsed.ok) throw new Error(`${parsed.error.message} in ${text}`);
  return parsed.value;
}

const format = (text: string): string => formatProgram(programOf(text));

/** What a script means: its tree without places, comments and ways of writing. */
function meaning(text: string): unknown {
  const ignored = new Set(['position', 'comment', 'isMultiLine', 'hasParens', 'isTripleQuoted', 'literal', 'base']);
  const plain = (key: string, value: unknown): unknown =>
    ignored.has(key) ? undefined : typeof value === 'bigint' ? `${value}` : value;
  const isNoted = (statement: StatementNode): boolean => statement.kind === 'comment';
  return JSON.parse(
    JSON.stringify(
      programOf(text).statements.filter((statement) => !isNoted(statement)),
      plain,
    ),
  );
}

const patienceMs = 60_000;

describe('any script', () => {
  it(
    'formatted, formats to itself',
    () => {
      fc.assert(
        fc.property(plainScripts, (text) => {
          const formatted = format(text);
          expect(format(formatted)).toBe(formatted);
        }),
        { numRuns: 500 },
      );
    },
    patienceMs,
  );

  it(
    'written over several lines, settles and keeps its meaning on the way',
    () => {
      fc.assert(
        fc.property(scripts, (text) => {
          const wanted = meaning(text);
          let formatted = format(text);
          for (let passes = 0; format(formatted) !== formatted; passes++) {
            if (passes === 30) throw new Error('does not settle');
            expect(meaning(formatted)).toEqual(wanted);
            formatted = format(formatted);
          }
          expect(meaning(formatted)).toEqual(wanted);
        }),
        { numRuns: 500 },
      );
    },
    patienceMs,
  );
});

describe('comments', () => {
  it(
    'before a statement or a call are all kept',
    () => {
      const notes = (text: string): number => text.match(/\/\/ ?(note|first|second|third)/g)?.length ?? 0;
      fc.assert(
        fc.property(scripts, (text) => {
          expect(notes(format(text))).toBe(notes(text));
        }),
        { numRuns: 300 },
      );
    },
    patienceMs,
  );
});

/** Well-formed text with pieces cut out, doubled, moved or replaced. */
const mutated = fc
  .tuple(
    scripts,
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(6),
        to: fc.double({ min: 0, max: 1, noNaN: true }),
        act: fc.constantFrom('cut', 'double', 'move', 'replace'),
        text: fc.oneof(
          fc.constantFrom(
            "'",
            '"',
            "'''",
            '/',
            '(',
            ')',
            '[',
            '|',
            '.',
            '\\',
            '\n',
            '//',
            '=',
            '-',
            '9',
            'm',
            '\ud83d',
            '\0',
          ),
          fc.string({ unit: 'binary', maxLength: 3 }),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([script, changes]) =>
    changes.reduce((text, { at, length, to, act, text: by }) => {
      const start = Math.floor(at * text.length);
      const piece = text.slice(start, start + length);
      const rest = text.slice(0, start) + text.slice(start + length);
      if (act === 'cut') return rest;
      if (act === 'replace') return text.slice(0, start) + by + text.slice(start + length);
      const place = Math.floor(to * rest.length);
      return act === 'move'
        ? rest.slice(0, place) + piece + rest.slice(place)
        : text.slice(0, start) + piece + text.slice(start);
    }, script),
  );

const words =
  "var dbrp lambda: lambda TRUE FALSE AND OR stream x \"v\" 's' ''' 1 017 09 2.5 1.2.3 10s 3ms 99999999999w f( ( ) [ ] , | . @ = == =~ !~ /re/ /a(/ * + - / % < <= ! != \\ # & é \ud800 ; {".split(
    ' ',
  );
const soup = fc
  .array(fc.tuple(fc.constantFrom(...words, '// c\n', '\n'), fc.constantFrom('', ' ')), { maxLength: 30 })
  .map((parts) => parts.flat().join(''));

describe('any text', () => {
  it(
    'is parsed or refused, and a refusal says line and char within it',
    () => {
      fc.assert(
        fc.property(
          fc.oneof(
            mutated,
            soup,
            fc.string({ unit: 'binary', maxLength: 80 }),
            fc.string({ unit: 'grapheme', maxLength: 40 }),
          ),
          (text) => {
            for (const parsed of [parseScript(text), parseLambda(text)]) {
              if (parsed.ok) continue;
              const { line, char, message } = parsed.error;
              const lines = text.split('\n');
              expect(line >= 1 && line <= lines.length && message.startsWith('parser: ')).toBe(true);
              const bytes = new TextEncoder().encode(lines[line - 1]).length;
              expect(char >= 1 && char <= bytes + 1).toBe(true);
            }
          },
        ),
        { numRuns: 2000 },
      );
    },
    patienceMs,
  );

  it(
    'that parses is formatted into text that means the same',
    () => {
      fc.assert(
        fc.property(fc.oneof(mutated, soup), (text) => {
          if (!parseScript(text).ok) return;
          expect(meaning(format(text))).toEqual(meaning(text));
        }),
        { numRuns: 2000 },
      );
    },
    patienceMs,
  );
});
