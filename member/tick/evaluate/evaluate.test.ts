import { describe, expect, it } from 'vitest';
import { formatExpression } from '../syntax/printer.ts';
import type { LambdaNode } from '../syntax/node.ts';
import { parseScript } from '../syntax/parser.ts';
import { readConversations } from '../testdata/conversations.contract.ts';
import { field, method, variadicMethod } from './describe.ts';
import type { GlobalFunction, ObjectDefinition, Scope, ScriptObject } from './describe.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate.ts';
import type { ScriptValue } from './value.ts';
import type { Var } from './vars.ts';

// A small pipeline: what it is told is written down, so that tests can compare it whole.

class FakeNode implements ScriptObject {
  readonly definition: ObjectDefinition;
  readonly children: FakeNode[] = [];
  readonly settings: Record<string, unknown> = {};
  lambda: LambdaNode | undefined;

  constructor(definition: ObjectDefinition) {
    this.definition = definition;
  }

  add(child: FakeNode): FakeNode {
    this.children.push(child);
    return child;
  }
}

const chainNode: ObjectDefinition<FakeNode> = {
  goType: '*pipeline.chainnode',
  properties: { quiet: method([], (node: FakeNode) => void (node.settings['quiet'] = true)) },
  chainMethods: {
    window: method([], (parent: FakeNode, _args, call) =>
      parent.definition.goType === '*pipeline.WindowNode'
        ? call.panic('cannot Window batch edge')
        : parent.add(new FakeNode(windowNode)),
    ),
    where: method(['lambda'], (parent: FakeNode, [lambda]) => named(parent, 'where', lambda)),
    shift: method(['duration'], (parent: FakeNode, [by]) => named(parent, 'shift', by)),
    mean: method(['string'], (parent: FakeNode, [name]) => named(parent, 'mean', name)),
    percentile: method(['string', 'float'], (parent: FakeNode, args) => named(parent, 'percentile', args)),
    alert: method([], (parent: FakeNode) => parent.add(new FakeNode(alertNode))),
    eval: variadicMethod([], 'lambda', (parent: FakeNode, _args, lambdas) =>
      named(parent, 'eval', lambdas.map(formatExpression)),
    ),
    groupBy: variadicMethod([], 'any', (parent: FakeNode, _args, tags) => named(parent, 'groupBy', tags)),
    union: variadicMethod([], 'node', (parent: FakeNode, _args, others) => named(parent, 'union', others.length)),
    log: method([], (parent: FakeNode) => named(parent, 'log', true)),
  },
};

function named(parent: FakeNode, name: string, value: unknown): FakeNode {
  const child = parent.add(
    new FakeNode({ goType: `*pipeline.${name}`, isNode: true, embeds: [chainNode], properties: {}, chainMethods: {} }),
  );
  child.settings[name] = value;
  return child;
}

const fromNode: ObjectDefinition<FakeNode> = {
  goType: '*pipeline.FromNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    measurement: field(
      'string',
      (node: FakeNode, value) => void (node.settings['measurement'] = value),
      (node) => ({
        type: 'string',
        value: typeof node.settings['measurement'] === 'string' ? node.settings['measurement'] : '',
      }),
    ),
    truncate: field(
      'duration',
      (node: FakeNode, value) => void (node.settings['truncate'] = value),
      () => ({ type: 'duration', value: 2_000_000_000n }),
    ),
    where: method(['lambda'], (node: FakeNode, [lambda]) => {
      if (node.lambda === undefined || node.lambda.expression === undefined || lambda.expression === undefined)
        node.lambda = lambda;
      else {
        const { position, expression } = node.lambda;
        node.lambda.expression = {
          kind: 'binary',
          position,
          operator: 'AND',
          left: expression,
          right: lambda.expression,
          hasParens: false,
          isMultiLine: false,
        };
      }
    }),
    groupBy: variadicMethod([], 'any', (node: FakeNode, _args, tags) => void (node.settings['groupBy'] = tags)),
  },
  chainMethods: {},
};

const windowNode: ObjectDefinition<FakeNode> = {
  goType: '*pipeline.WindowNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    period: field(
      'duration',
      (node: FakeNode, value) => void (node.settings['period'] = value),
      () => ({ type: 'duration', value: 0n }),
    ),
  },
  chainMethods: {},
};

const alertNode: ObjectDefinition<FakeNode> = {
  goType: '*pipeline.AlertNode',
  isNode: true,
  embeds: [chainNode],
  properties: {
    crit: field(
      'lambda',
      (node: FakeNode, lambda) => void (node.settings['crit'] = formatExpression(lambda)),
      () => ({ type: 'nil' }),
    ),
    flapping: method(['float', 'float'], (node: FakeNode, args) => void (node.settings['flapping'] = args)),
    post: variadicMethod(
      [],
      'string',
      (node: FakeNode, _args, urls) =>
        new FakeNode({ goType: '*pipeline.AlertHTTPPostHandler', properties: forwarded(node, urls), chainMethods: {} }),
    ),
    log: method(['string'], (node: FakeNode, [path]) => void (node.settings['log'] = path)),
    fail: method([], (_node: FakeNode, _args, call) => call.fail('it refused')),
  },
  chainMethods: {},
};

/** What can be set on a handler: its node's flapping. */
function forwarded(node: FakeNode, urls: readonly string[]): ObjectDefinition['properties'] {
  node.settings['urls'] = urls;
  return { flapping: method(['float', 'float'], (_handler, args) => void (node.settings['flapping'] = args)) };
}

const groupByTime: GlobalFunction = {
  args: ['duration'],
  apply: ([interval]) => ({ type: 'duration', value: typeof interval === 'bigint' ? interval : 0n }),
};

function run(
  script: string,
  options: EvaluateOptions = {},
): {
  readonly stream: FakeNode;
  readonly error: string;
  readonly at: string;
  readonly declared: Readonly<Record<string, Var>>;
} {
  const stream = new FakeNode({
    goType: '*pipeline.StreamNode',
    isNode: true,
    properties: {},
    chainMethods: { from: method([], (node: FakeNode) => node.add(new FakeNode(fromNode))) },
  });
  const scope: Scope = {
    values: new Map([['stream', { type: 'object', value: stream }]]),
    functions: new Map([['time', groupByTime]]),
    dynamicMethods: new Map([
      ['myUdf', { apply: (self, args, call) => (args.length > 0 ? call.fail('no arguments please') : self) }],
    ]),
  };
  const program = parseScript(script);
  if (!program.ok) throw new Error(program.error.message);
  const done = evaluate(program.value, scope, options);
  if (!done.ok) return { stream, error: done.error.message, at: `${done.error.line}:${done.error.char}`, declared: {} };
  return { stream, error: '', at: '', declared: Object.fromEntries(done.value.declared) };
}

function tree(node: FakeNode): unknown {
  return [node.definition.goType.replace('*pipeline.', ''), node.settings, ...node.children.map(tree)];
}

describe('a program builds what it says', () => {
  it('chains, properties, variables and branches', () => {
    const { stream, error } = run(`
      var name = 'm'
      var src = stream|from().measurement(name).groupBy('host', *)
      src|window().period(10s).quiet()
      src|where(lambda: "v" > 2 * 3)|alert().crit(lambda: "v" > 1).post('http://x').flapping(0.25, 0.5)`);
    expect(error).toBe('');
    expect(tree(stream)).toEqual([
      'StreamNode',
      {},
      [
        'FromNode',
        { measurement: 'm', groupBy: [{ type: 'string', value: 'host' }, { type: 'star' }] },
        ['WindowNode', { period: 10_000_000_000n, quiet: true }],
        [
          'where',
          { where: expect.objectContaining({ kind: 'lambda' }) },
          ['AlertNode', { crit: '"v" > 1', urls: ['http://x'], flapping: [0.25, 0.5] }],
        ],
      ],
    ]);
  });

  it.each([
    ['2 + 3 * 4', { type: 'int', value: 14n }],
    ['(2 + 3) * 9223372036854775807', { type: 'int', value: 9223372036854775803n }],
    ['7 / 2', { type: 'int', value: 3n }],
    ['7.0 / 2.0', { type: 'float', value: 3.5 }],
    ["'x' + '-' + 'y'", { type: 'string', value: 'x-y' }],
    ['2 * 5s + 500ms', { type: 'duration', value: 10_500_000_000n }],
    ['1m / 7', { type: 'duration', value: 8_571_428_571n }],
    ['3 > 2 AND !FALSE', { type: 'bool', value: true }],
    ['-9223372036854775807 - 1', { type: 'int', value: -9223372036854775808n }],
    ['-2.5', { type: 'float', value: -2.5 }],
    ['!TRUE', { type: 'bool', value: false }],
    ["['a', *]", { type: 'list', value: [{ type: 'string', value: 'a' }, { type: 'star' }] }],
    ['/a.b/', { type: 'regex', value: 'a.b' }],
  ])('var x = %s', (expression, value) => {
    expect(run(`var x = ${expression}`).declared['x']?.value).toEqual(value);
  });

  it('a lambda takes in the values of its variables, and lambdas of theirs', () => {
    const { stream } = run(`
      var limit = 3
      var cond = lambda: "v" > limit
      stream|from()|eval(lambda: cond AND "b", lambda: string(limit) + 'x')`);
    expect(tree(stream)).toMatchObject([
      'StreamNode',
      {},
      ['FromNode', {}, ['eval', { eval: ['lambda: "v" > 3 AND "b"', "string(3) + 'x'"] }]],
    ]);
  });

  it('a list that is the only argument stands for its items', () => {
    expect(tree(run("var tags = ['a', 'b'] stream|from().groupBy(tags)").stream)).toMatchObject([
      'StreamNode',
      {},
      [
        'FromNode',
        {
          groupBy: [
            { type: 'string', value: 'a' },
            { type: 'string', value: 'b' },
          ],
        },
      ],
    ]);
  });

  it('a second where widens the very lambda that a variable holds', () => {
    const { stream } = run('var c = lambda: "v" > 1 var f = stream|from().where(c).where(lambda: "w") f|eval(c)');
    expect(tree(stream)).toMatchObject(['StreamNode', {}, ['FromNode', {}, ['eval', { eval: ['"v" > 1 AND "w"'] }]]]);
  });

  it('a property can be read, a global function called, a method of a UDF too', () => {
    const { stream, error } = run(
      "var f = stream|from().measurement('m') var n = f.measurement var t = f.truncate\n" +
        'stream|from()@myUdf()|shift(t)|groupBy(time(10s), n)',
    );
    expect(error).toBe('');
    expect(tree(stream)).toMatchObject([
      'StreamNode',
      {},
      ['FromNode', { measurement: 'm' }],
      [
        'FromNode',
        {},
        [
          'shift',
          { shift: 2_000_000_000n },
          [
            'groupBy',
            {
              groupBy: [
                { type: 'duration', value: 10_000_000_000n },
                { type: 'string', value: 'm' },
              ],
            },
          ],
        ],
      ],
    ]);
  });

  it('running a program twice changes nothing in it', () => {
    const program = parseScript('var c = lambda: "v" > 1 stream|from().where(c).where(lambda: "w")');
    const before = JSON.stringify(program, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
    run('var c = lambda: "v" > 1 stream|from().where(c).where(lambda: "w")');
    expect(JSON.stringify(program, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))).toBe(
      before,
    );
  });
});

describe('refusals, letter for letter as 1.5.4', () => {
  it.each(readConversations('refusals.txt'))('$name', ({ input, output }) => {
    expect(run(input).error).toBe(output);
  });

  it('where the text says no place, the error does', () => {
    expect(run('stream\n  |from()\n  |where(lambda: "v" > limit)').at).toBe('3:10');
  });
});

describe('variables', () => {
  const given = (type: Var['type'], value: ScriptValue): ReadonlyMap<string, Var> =>
    new Map([['x', { type, value, description: '' }]]);

  it('are declared with type, default and the comment above', () => {
    expect(run('// The limit\n// in pieces\nvar x = 3\nvar y = stream|from()', {}).declared).toEqual({
      x: { type: 'int', value: { type: 'int', value: 3n }, description: 'The limit\nin pieces' },
    });
  });

  it('a given value replaces the default, which stays declared', () => {
    const { stream, declared } = run("var x = 'a' stream|from().measurement(x)", {
      vars: given('string', { type: 'string', value: 'b' }),
    });
    expect(tree(stream)).toEqual(['StreamNode', {}, ['FromNode', { measurement: 'b' }]]);
    expect(declared['x']?.value).toEqual({ type: 'string', value: 'a' });
  });

  it('a given value fills a required one, and what is computed from it', () => {
    const { declared, error } = run('var x duration var y = x * 2', {
      vars: given('duration', { type: 'duration', value: 5n }),
    });
    expect([error, declared['x']?.value, declared['y']?.value]).toEqual([
      '',
      undefined,
      { type: 'duration', value: 10n },
    ]);
  });

  it.each([
    ['var x float', 'invalid type supplied for x, got int exp float'],
    ['var x = TRUE', 'invalid type supplied for x, got int exp boolean'],
    ['var x = stream', 'invalid type supplied for x, got int exp invalid type'],
  ])('a given value of another type is refused: %s', (script, message) => {
    expect(run(script, { vars: given('int', { type: 'int', value: 1n }) }).error).toBe(message);
  });

  it('a template is run with nothing given', () => {
    const script =
      'var a bool var b int var c float var d string var e regex var f duration var g lambda var h list var i star\n' +
      'stream|from().measurement(d).where(g)|shift(f)|where(lambda: g AND "v" > b)';
    const { error, declared } = run(script, { ignoreMissingVars: true });
    expect(error).toBe('');
    expect(Object.entries(declared).map(([name, { type, value }]) => [name, type, value])).toEqual(
      ['bool', 'int', 'float', 'string', 'regex', 'duration', 'lambda', 'list', 'star'].map((type, index) => [
        'abcdefghi'.charAt(index),
        type,
        undefined,
      ]),
    );
  });
});
