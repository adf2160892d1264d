/**
 * Where on a page each value of a template stands, as Go's `html/template` works it out from the text around it:
 * between tags, in an attribute, in an address, in a script or a style sheet. From that follow the escapers.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { goQuote } from '../go-quote.ts';
import type { EscaperName } from './html-escapers.ts';
import { afterText, startContext, valueStates, type Context } from './html-transitions.ts';
import { nodeText, type Node, type Pipe, type Tree } from './tree.ts';

/** How one template is escaped when it begins in one context. */
export interface EscapePlan {
  /** Text with comments left out and stray `<` escaped, where it differs. */
  readonly texts: Map<Node, string>;
  readonly escapers: Map<Node, readonly EscaperName[]>;
  /** The plan of the template that a `template` node runs. */
  readonly calls: Map<Node, string>;
}

/** Plans by name; those of templates run in another context than text have the context in their name. */
export function planEscaping(
  name: string,
  trees: ReadonlyMap<string, Tree>,
): Result<ReadonlyMap<string, EscapePlan>, string> {
  const planner = new Planner(name, trees);
  try {
    const end = planner.plan(name, startContext).end;
    if (end.state !== 'text') return err(`html/template:${name}: ends in a non-text context: ${describe(end)}`);
  } catch (error) {
    if (error instanceof EscapeError) return err(error.message);
    throw error;
  }
  return ok(planner.plans);
}

/** Ends the planning from any depth; never leaves this file. */
class EscapeError extends Error {}

interface Place {
  readonly at: number;
  readonly tree: Tree;
}

class Planner {
  readonly plans = new Map<string, EscapePlan>();
  readonly #ends = new Map<string, Context>();
  readonly #name: string;
  readonly #trees: ReadonlyMap<string, Tree>;

  constructor(name: string, trees: ReadonlyMap<string, Tree>) {
    this.#name = name;
    this.#trees = trees;
  }

  plan(name: string, start: Context, call: Place | null = null): { readonly key: string; readonly end: Context } {
    const key = sameContext(start, startContext) ? name : `${name}$${describe(start)}`;
    const known = this.#ends.get(key);
    if (known !== undefined) return { key, end: known };
    const tree = this.#trees.get(name);
    if (tree === undefined) this.#fail(call, `no such template ${goQuote(name)}`);
    const plan: EscapePlan = { texts: new Map(), escapers: new Map(), calls: new Map() };
    this.plans.set(key, plan);
    // A template that runs itself is taken to end where it begins.
    this.#ends.set(key, start);
    const end = this.#list(plan, start, tree, tree.root);
    this.#ends.set(key, end);
    return { key, end };
  }

  /** A message with the place of a node, or with the template's name alone. */
  #fail(place: Place | null, message: string): never {
    if (place === null) throw new EscapeError(`html/template:${this.#name}: ${message}`);
    const before = place.tree.source.slice(0, place.at);
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf('\n') + 1)).length;
    throw new EscapeError(`html/template:${place.tree.parseName}:${before.split('\n').length}:${column}: ${message}`);
  }

  #list(plan: EscapePlan, start: Context, tree: Tree, nodes: readonly Node[]): Context {
    let context = start;
    for (const node of nodes) context = this.#node(plan, context, tree, node);
    return context;
  }

  #node(plan: EscapePlan, context: Context, tree: Tree, node: Node): Context {
    switch (node.kind) {
      case 'text': {
        const result = afterText(context, node.value);
        if (!result.ok) return this.#fail(null, result.error);
        if (result.value.text !== node.value) plan.texts.set(node, result.value.text);
        return result.value.context;
      }
      case 'action':
        return this.#action(plan, context, tree, node);
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(plan, context, tree, node);
      case 'template': {
        const { key, end } = this.plan(node.name, context, { at: node.at, tree });
        plan.calls.set(node, key);
        return end;
      }
      case 'break':
      case 'continue':
        return context;
      default:
        return node satisfies never;
    }
  }

  #branch(
    plan: EscapePlan,
    start: Context,
    tree: Tree,
    node: Extract<Node, { kind: 'if' | 'with' | 'range' }>,
  ): Context {
    const fork = (context: Context, nodes: readonly Node[]): Context => this.#list(plan, context, tree, nodes);
    let inside = fork(start, node.list);
    if (node.kind === 'range') inside = this.#join(inside, fork(inside, node.list), tree, node);
    return this.#join(inside, fork(start, node.otherwise ?? []), tree, node);
  }

  #join(a: Context, b: Context, tree: Tree, node: Node): Context {
    const joined = joinContexts(a, b);
    return (
      joined ??
      this.#fail(
        { at: node.at, tree },
        `{{${node.kind}}} branches end in different contexts: ${describe(a)}, ${describe(b)}`,
      )
    );
  }

  #action(plan: EscapePlan, before: Context, tree: Tree, node: Extract<Node, { kind: 'action' }>): Context {
    if (node.pipe.variables.length > 0) return before;
    const context = nudge(before);
    this.#refusePredefined(context, tree, node);
    if (isAddress(context) && context.urlPart === 'unknown')
      this.#fail({ at: node.at, tree }, `${nodeText(node)} appears in an ambiguous context within a URL`);
    if (context.state === 'js-template')
      this.#fail({ at: node.at, tree }, `${nodeText(node)} appears in a JS template literal`);
    const names = [...inner(context), ...outer(context)];
    plan.escapers.set(node, withoutPredefined(node.pipe, names));
    if (context.state === 'js') return { ...context, jsSlash: 'division' };
    if (context.state === 'tag') return { ...context, state: 'attr-name' };
    if (isAddress(context) && context.urlPart === 'none') return { ...context, urlPart: 'path' };
    return context;
  }

  /** `html` and `urlquery` may only end a pipeline, as what they made would be escaped again. */
  #refusePredefined(context: Context, tree: Tree, node: Extract<Node, { kind: 'action' }>): void {
    const { commands } = node.pipe;
    for (const [i, { args }] of commands.entries()) {
      const [first] = args;
      if (first?.kind !== 'function' || (first.name !== 'html' && first.name !== 'urlquery')) continue;
      const isUnquoted = context.state === 'attr' && context.delimiter === 'space' && first.name === 'html';
      if (i < commands.length - 1 || isUnquoted)
        this.#fail({ at: node.at, tree }, `predefined escaper ${goQuote(first.name)} disallowed in template`);
    }
  }
}

function isAddress({ state }: Context): boolean {
  return state === 'url' || (state.startsWith('css-') && state !== 'css-comment');
}

/** Moves over what an action cannot be in: a value follows where the next text would begin one. */
function nudge(context: Context): Context {
  if (context.state === 'tag') return { ...context, state: 'attr-name' };
  if (context.state === 'before-value') {
    return { ...context, state: valueStates[context.attr], delimiter: 'space', attr: 'none' };
  }
  return context.state === 'after-name' ? { ...context, state: 'attr-name', attr: 'none' } : context;
}

function inner(context: Context): readonly EscaperName[] {
  switch (context.state) {
    case 'url':
    case 'css-dq':
    case 'css-sq':
    case 'css-url-dq':
    case 'css-url-sq':
    case 'css-url': {
      if (context.urlPart === 'query') return ['url'];
      const last: EscaperName = context.state === 'css-dq' || context.state === 'css-sq' ? 'css' : 'url-normal';
      return context.urlPart === 'none' ? ['url-filter', last] : [last];
    }
    case 'js':
      return ['js-value'];
    case 'js-dq':
    case 'js-sq':
      return ['js-text'];
    case 'js-regexp':
      return ['js-regexp'];
    case 'css':
      return ['css-value'];
    case 'text':
      return ['html'];
    case 'rcdata':
      return ['rcdata'];
    case 'attr':
      return [];
    case 'attr-name':
    case 'tag':
      return ['name'];
    case 'srcset':
      return ['srcset'];
    default:
      return ['comment'];
  }
}

function outer({ delimiter }: Context): readonly EscaperName[] {
  return delimiter === 'none' ? [] : delimiter === 'space' ? ['nospace'] : ['attr'];
}

/** `| html` and `| urlquery` at the end of a pipeline do the work of an equal escaper themselves. */
function withoutPredefined({ commands }: Pipe, names: readonly EscaperName[]): readonly EscaperName[] {
  const last = commands.at(-1)?.args[0];
  if (last?.kind !== 'function' || (last.name !== 'html' && last.name !== 'urlquery')) return names;
  const equal: readonly EscaperName[] = last.name === 'html' ? ['html', 'attr', 'rcdata'] : ['url', 'url-normal'];
  return names.filter((name) => !equal.includes(name));
}

function joinContexts(a: Context, b: Context): Context | null {
  if (sameContext(a, b)) return a;
  if (sameContext({ ...a, urlPart: b.urlPart }, b)) return { ...a, urlPart: 'unknown' };
  if (sameContext({ ...a, jsSlash: b.jsSlash }, b)) return { ...a, jsSlash: 'unknown' };
  const c = nudge(a);
  const d = nudge(b);
  return sameContext(c, a) && sameContext(d, b) ? null : joinContexts(c, d);
}

function sameContext(a: Context, b: Context): boolean {
  return describe(a) === describe(b);
}

/** As Go prints a context. */
function describe({ state, delimiter, urlPart, jsSlash, attr, element }: Context): string {
  const names = [
    goStates[state],
    goDelimiters[delimiter],
    goUrlParts[urlPart],
    goSlashes[jsSlash],
    `attr${goAttributes[attr]}`,
  ];
  return `{${names.join(' ')} element${element.charAt(0).toUpperCase()}${element.slice(1)} <nil>}`;
}

const goStates: Readonly<Record<Context['state'], string>> = {
  text: 'stateText',
  tag: 'stateTag',
  'attr-name': 'stateAttrName',
  'after-name': 'stateAfterName',
  'before-value': 'stateBeforeValue',
  'html-comment': 'stateHTMLCmt',
  rcdata: 'stateRCDATA',
  attr: 'stateAttr',
  url: 'stateURL',
  srcset: 'stateSrcset',
  js: 'stateJS',
  'js-dq': 'stateJSDqStr',
  'js-sq': 'stateJSSqStr',
  'js-template': 'stateJSBqStr',
  'js-regexp': 'stateJSRegexp',
  'js-block-comment': 'stateJSBlockCmt',
  'js-line-comment': 'stateJSLineCmt',
  css: 'stateCSS',
  'css-dq': 'stateCSSDqStr',
  'css-sq': 'stateCSSSqStr',
  'css-url-dq': 'stateCSSDqURL',
  'css-url-sq': 'stateCSSSqURL',
  'css-url': 'stateCSSURL',
  'css-comment': 'stateCSSBlockCmt',
};
const goDelimiters: Readonly<Record<Context['delimiter'], string>> = {
  none: 'delimNone',
  double: 'delimDoubleQuote',
  single: 'delimSingleQuote',
  space: 'delimSpaceOrTagEnd',
};
const goUrlParts: Readonly<Record<Context['urlPart'], string>> = {
  none: 'urlPartNone',
  path: 'urlPartPreQuery',
  query: 'urlPartQueryOrFrag',
  unknown: 'urlPartUnknown',
};
const goSlashes: Readonly<Record<Context['jsSlash'], string>> = {
  regexp: 'jsCtxRegexp',
  division: 'jsCtxDivOp',
  unknown: 'jsCtxUnknown',
};
const goAttributes: Readonly<Record<Context['attr'], string>> = {
  none: 'None',
  script: 'Script',
  'script-type': 'ScriptType',
  style: 'Style',
  url: 'URL',
  srcset: 'Srcset',
};
