/** How text moves the context of a page on: one step per tag, attribute, quote or comment, as Go's scanner takes it. */
import { ownOf } from '../../base/own-members.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { goQuote } from '../go-quote.ts';

export type State =
  | 'text'
  | 'tag'
  | 'attr-name'
  | 'after-name'
  | 'before-value'
  | 'html-comment'
  | 'rcdata'
  | 'attr'
  | 'url'
  | 'srcset'
  | 'js'
  | 'js-dq'
  | 'js-sq'
  | 'js-template'
  | 'js-regexp'
  | 'js-block-comment'
  | 'js-line-comment'
  | 'css'
  | 'css-dq'
  | 'css-sq'
  | 'css-url-dq'
  | 'css-url-sq'
  | 'css-url'
  | 'css-comment';

export interface Context {
  readonly state: State;
  readonly delimiter: 'none' | 'double' | 'single' | 'space';
  readonly urlPart: 'none' | 'path' | 'query' | 'unknown';
  readonly jsSlash: 'regexp' | 'division' | 'unknown';
  readonly attr: 'none' | 'script' | 'script-type' | 'style' | 'url' | 'srcset';
  readonly element: 'none' | 'script' | 'style' | 'textarea' | 'title';
}

export const startContext: Context = {
  state: 'text',
  delimiter: 'none',
  urlPart: 'none',
  jsSlash: 'regexp',
  attr: 'none',
  element: 'none',
};

interface Step {
  readonly context: Context;
  /** Characters consumed. */
  readonly length: number;
}

type StepResult = Result<Step, string>;

const urlAttributes = new Set(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xmlns'.split(
    ' ',
  ),
);
const spaces = ' \t\n\f\r';

/** The context behind a text, and the text as it is written: without comments, stray `<` escaped. */
export function afterText(
  start: Context,
  text: string,
): Result<{ readonly context: Context; readonly text: string }, string> {
  let context = start;
  let at = 0;
  let written = 0;
  let output = '';
  while (at < text.length) {
    const step = nextStep(context, text.slice(at));
    if (!step.ok) return step;
    const after = step.value.context;
    const next = at + step.value.length;
    if (context.state === 'text' || context.state === 'rcdata') {
      let end = next;
      if (after.state !== context.state) end = Math.max(at, text.lastIndexOf('<', next - 1));
      for (let i = at; i < end; i++) {
        if (text[i] !== '<' || text.slice(i, i + 9).toUpperCase() === '<!DOCTYPE') continue;
        output += `${text.slice(written, i)}&lt;`;
        written = i + 1;
      }
    } else if (isComment(context) && context.delimiter === 'none') {
      if (context.state === 'js-block-comment')
        output += /[\n\r\u2028\u2029]/.test(text.slice(written, next)) ? '\n' : ' ';
      else if (context.state === 'css-comment') output += ' ';
      written = next;
    }
    if (context.state !== after.state && isComment(after) && after.delimiter === 'none') {
      output += text.slice(written, next - (after.state === 'html-comment' ? 4 : 2));
      written = next;
    }
    context = after;
    at = next;
  }
  if (written === 0)
    return ok({
      context,
      text: isComment(context) && context.delimiter === 'none' && start.state === context.state ? '' : text,
    });
  if (!isComment(context) || context.delimiter !== 'none') output += text.slice(written);
  return ok({ context, text: output });
}

function isComment({ state }: Context): boolean {
  return (
    state === 'html-comment' || state === 'js-block-comment' || state === 'js-line-comment' || state === 'css-comment'
  );
}

function nextStep(context: Context, text: string): StepResult {
  if (context.delimiter === 'none') {
    const end = specialTagEnd(context, text);
    if (end === 0) return ok({ context: startContext, length: 0 });
    return transition(context, text.slice(0, end));
  }
  const end = attributeEnd(context, text);
  const value = text.slice(0, end);
  const bad = context.delimiter === 'space' ? /["'<=`]/.exec(value) : null;
  if (bad !== null) return err(`${goQuote(bad[0])} in unquoted attr: ${goQuote(value)}`);
  if (end < text.length) {
    const length = context.delimiter === 'space' ? end : end + 1;
    // What a script of another type holds is no JavaScript.
    const element = context.attr === 'script-type' && !isScriptType(value) ? 'none' : context.element;
    return ok({ context: { ...startContext, state: 'tag', element }, length });
  }
  let inside = context;
  for (let rest = decodeEntities(text); rest !== '';) {
    const step = transition(inside, rest);
    if (!step.ok) return step;
    inside = step.value.context;
    rest = rest.slice(step.value.length);
  }
  return ok({ context: inside, length: text.length });
}

const scriptTypes =
  /^(?:application|text)\/(?:x-)?(?:ecmascript|javascript|json|livescript|jscript|javascript1\.[0-5])$/;

function isScriptType(value: string): boolean {
  const type = (value.split(';')[0] ?? '').trim().toLowerCase();
  return type === 'module' || type === 'application/ld+json' || scriptTypes.test(type);
}

function attributeEnd({ delimiter }: Context, text: string): number {
  const pattern = delimiter === 'double' ? /"/ : delimiter === 'single' ? /'/ : /[ \t\n\f\r>]/;
  const found = text.search(pattern);
  return found < 0 ? text.length : found;
}

/** Where a script, style sheet, text area or title ends; the length of the text when it does not. */
function specialTagEnd({ element }: Context, text: string): number {
  if (element === 'none') return text.length;
  const found = text.search(new RegExp(`</${element}[> \\t\\n\\f/]`, 'i'));
  return found < 0 ? text.length : found;
}

const entities: Readonly<Record<string, string>> = { quot: '"', amp: '&', apos: "'", lt: '<', gt: '>' };

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([\da-fA-F]+)|(quot|amp|apos|lt|gt));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ownOf(entities, name) ?? whole;
      const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}

function transition(context: Context, text: string): StepResult {
  switch (context.state) {
    case 'text':
      return ok(inText(context, text));
    case 'tag':
      return inTag(context, text);
    case 'attr-name': {
      const end = attributeNameEnd(text, 0);
      if (!end.ok) return end;
      return ok({
        context: end.value === text.length ? context : { ...context, state: 'after-name' },
        length: end.value,
      });
    }
    case 'after-name': {
      const at = skipSpaces(text);
      if (at === text.length) return ok({ context, length: at });
      return ok(
        text[at] === '='
          ? { context: { ...context, state: 'before-value' }, length: at + 1 }
          : { context: { ...context, state: 'tag' }, length: at },
      );
    }
    case 'before-value':
      return ok(beforeValue(context, text));
    case 'html-comment': {
      const end = text.indexOf('-->');
      return ok(end < 0 ? { context, length: text.length } : { context: startContext, length: end + 3 });
    }
    case 'url':
    case 'srcset':
      return ok({ context: inUrl(context, text), length: text.length });
    case 'js':
      return inScript(context, text);
    case 'js-dq':
    case 'js-sq':
    case 'js-template':
    case 'js-regexp':
      return inScriptText(context, text);
    case 'js-block-comment':
    case 'css-comment': {
      const end = text.indexOf('*/');
      return ok(
        end < 0
          ? { context, length: text.length }
          : { context: { ...context, state: context.state === 'css-comment' ? 'css' : 'js' }, length: end + 2 },
      );
    }
    case 'js-line-comment': {
      const end = text.search(/[\n\r\u2028\u2029]/);
      return ok(end < 0 ? { context, length: text.length } : { context: { ...context, state: 'js' }, length: end });
    }
    case 'css':
      return ok(inStyle(context, text));
    case 'css-dq':
    case 'css-sq':
    case 'css-url-dq':
    case 'css-url-sq':
    case 'css-url':
      return inStyleText(context, text);
    case 'rcdata':
    case 'attr':
      return ok({ context, length: text.length });
    default:
      return context.state satisfies never;
  }
}

function inText(context: Context, text: string): Step {
  for (const match of text.matchAll(/<!--|<(\/?)([A-Za-z][A-Za-z0-9]*(?:[:-][A-Za-z0-9]+)*)/g)) {
    const [whole, slash, name = ''] = match;
    const length = match.index + whole.length;
    if (whole === '<!--') return { context: { ...startContext, state: 'html-comment' }, length };
    return { context: { ...startContext, state: 'tag', element: slash === '/' ? 'none' : elementOf(name) }, length };
  }
  return { context, length: text.length };
}

function elementOf(name: string): Context['element'] {
  const lower = name.toLowerCase();
  return lower === 'script' || lower === 'style' || lower === 'textarea' || lower === 'title' ? lower : 'none';
}

function skipSpaces(text: string): number {
  let at = 0;
  while (at < text.length && spaces.includes(text[at] ?? '?')) at++;
  return at;
}

function attributeNameEnd(text: string, from: number): Result<number, string> {
  for (let i = from; i < text.length; i++) {
    const char = text[i] ?? '';
    if (spaces.includes(char) || char === '=' || char === '>') return ok(i);
    if (char === "'" || char === '"' || char === '<')
      return err(`${goQuote(char)} in attribute name: ${goQuote(Array.from(text).slice(0, 32).join(''))}`);
  }
  return ok(text.length);
}

function inTag(context: Context, text: string): StepResult {
  const at = skipSpaces(text);
  if (at === text.length) return ok({ context, length: at });
  if (text[at] === '>') {
    const states = { none: 'text', script: 'js', style: 'css', textarea: 'rcdata', title: 'rcdata' } as const;
    return ok({
      context: { ...startContext, state: states[context.element], element: context.element },
      length: at + 1,
    });
  }
  const end = attributeNameEnd(text, at);
  if (!end.ok) return end;
  if (end.value === at) return err(`expected space, attr name, or end of tag, but got ${goQuote(text.slice(at))}`);
  const name = text.slice(at, end.value).toLowerCase();
  const attr = context.element === 'script' && name === 'type' ? 'script-type' : attributeKind(name);
  const state = end.value === text.length ? 'attr-name' : 'after-name';
  return ok({ context: { ...startContext, state, element: context.element, attr }, length: end.value });
}

function attributeKind(given: string): Context['attr'] {
  const name = given.startsWith('data-')
    ? given.slice(5)
    : given.includes(':') && !given.startsWith('xmlns:')
      ? given.slice(given.indexOf(':') + 1)
      : given;
  if (given.startsWith('xmlns:') || urlAttributes.has(name)) return 'url';
  if (name === 'srcset') return 'srcset';
  if (name === 'style') return 'style';
  if (name.startsWith('on')) return 'script';
  return /src|uri|url/.test(name) && name !== 'srcdoc' && name !== 'srclang' ? 'url' : 'none';
}

/** The state that a value of an attribute begins in. */
export const valueStates: Readonly<Record<Context['attr'], State>> = {
  none: 'attr',
  'script-type': 'attr',
  script: 'js',
  style: 'css',
  url: 'url',
  srcset: 'srcset',
};

function beforeValue(context: Context, text: string): Step {
  const at = skipSpaces(text);
  if (at === text.length) return { context, length: at };
  const quote = text[at];
  const delimiter = quote === '"' ? 'double' : quote === "'" ? 'single' : 'space';
  return {
    context: { ...context, state: valueStates[context.attr], delimiter },
    length: delimiter === 'space' ? at : at + 1,
  };
}

function inUrl(context: Context, text: string): Context {
  if (/[#?]/.test(text)) return { ...context, urlPart: 'query' };
  return skipSpaces(text) < text.length && context.urlPart === 'none' ? { ...context, urlPart: 'path' } : context;
}

const regexpWords =
  /(?:^|[^$\w])(?:break|case|continue|delete|do|else|finally|in|instanceof|return|throw|try|typeof|void)$/;

/** Whether a slash behind this script text would begin a regular expression or divide. */
function slashAfter(text: string, before: Context['jsSlash']): Context['jsSlash'] {
  const trimmed = text.replace(/[\t\n\f\r \u2028\u2029]+$/, '');
  if (trimmed === '') return before;
  const signs = /(\++|-+)$/.exec(trimmed);
  if (signs !== null) return (signs[0].length & 1) === 1 ? 'regexp' : 'division';
  if (trimmed.endsWith('.')) return /\d\.$/.test(trimmed) ? 'division' : 'regexp';
  if (/[,<>=*%&|^?!~([:;{}]$/.test(trimmed)) return 'regexp';
  return regexpWords.test(trimmed) ? 'regexp' : 'division';
}

function inScript(context: Context, text: string): StepResult {
  const at = text.search(/["`'/]/);
  if (at < 0) return ok({ context: { ...context, jsSlash: slashAfter(text, context.jsSlash) }, length: text.length });
  const jsSlash = slashAfter(text.slice(0, at), context.jsSlash);
  const char = text[at];
  const quoted = char === '"' ? 'js-dq' : char === "'" ? 'js-sq' : char === '`' ? 'js-template' : null;
  if (quoted !== null) return ok({ context: { ...context, state: quoted, jsSlash: 'regexp' }, length: at + 1 });
  if (text[at + 1] === '/') return ok({ context: { ...context, state: 'js-line-comment', jsSlash }, length: at + 2 });
  if (text[at + 1] === '*') return ok({ context: { ...context, state: 'js-block-comment', jsSlash }, length: at + 2 });
  if (jsSlash === 'regexp') return ok({ context: { ...context, state: 'js-regexp', jsSlash }, length: at + 1 });
  if (jsSlash === 'division') return ok({ context: { ...context, jsSlash: 'regexp' }, length: at + 1 });
  return err(`'/' could start a division or regexp: ${goQuote(Array.from(text.slice(at)).slice(0, 32).join(''))}`);
}

function inScriptText(context: Context, text: string): StepResult {
  const end =
    context.state === 'js-sq' ? "'" : context.state === 'js-template' ? '`' : context.state === 'js-regexp' ? '/' : '"';
  let inCharset = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') {
      i++;
      if (i === text.length) return err(`unfinished escape sequence in JS string: ${goQuote(text)}`);
    } else if (context.state === 'js-regexp' && (char === '[' || char === ']')) inCharset = char === '[';
    else if (char === end && !inCharset)
      return ok({ context: { ...context, state: 'js', jsSlash: 'division' }, length: i + 1 });
  }
  return inCharset ? err(`unfinished JS regexp charset: ${goQuote(text)}`) : ok({ context, length: text.length });
}

function inStyle(context: Context, text: string): Step {
  for (const match of text.matchAll(/url[ \t\n\f\r]*\([ \t\n\f\r]*(["']?)|\/\/|\/\*|["']/gi)) {
    const [whole, quote] = match;
    const length = match.index + whole.length;
    if (quote !== undefined)
      return {
        context: { ...context, state: quote === '"' ? 'css-url-dq' : quote === "'" ? 'css-url-sq' : 'css-url' },
        length,
      };
    if (whole === '"') return { context: { ...context, state: 'css-dq' }, length };
    if (whole === "'") return { context: { ...context, state: 'css-sq' }, length };
    return { context: { ...context, state: 'css-comment' }, length };
  }
  return { context, length: text.length };
}

function inStyleText(context: Context, text: string): StepResult {
  const ends = context.state === 'css-url' ? '\t\n\f\r )' : context.state.endsWith('dq') ? '"' : "'";
  let current = context;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (char === '\\') {
      i++;
      if (i === text.length) return err(`unfinished escape sequence in CSS string: ${goQuote(text)}`);
    } else if (ends.includes(char))
      return ok({ context: { ...current, state: 'css', urlPart: 'none' }, length: i + 1 });
    current = inUrl(current, char);
  }
  return ok({ context: current, length: text.length });
}
