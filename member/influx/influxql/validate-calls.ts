/** Which functions a SELECT may call together and with what; every text is the original's. */
import { printExpression } from './print.ts';
import type { Expression, SelectStatement } from './tree.ts';

type CallExpression = Extract<Expression, { readonly kind: 'call' }>;
type Problem = string | undefined;

const selectors: ReadonlySet<string> = new Set([
  'top',
  'bottom',
  'max',
  'min',
  'first',
  'last',
  'percentile',
  'sample',
]);
const goTypes: Readonly<Record<Expression['kind'], string>> = {
  binary: '*influxql.BinaryExpr',
  paren: '*influxql.ParenExpr',
  reference: '*influxql.VarRef',
  call: '*influxql.Call',
  distinct: '*influxql.Distinct',
  number: '*influxql.NumberLiteral',
  integer: '*influxql.IntegerLiteral',
  boolean: '*influxql.BooleanLiteral',
  string: '*influxql.StringLiteral',
  duration: '*influxql.DurationLiteral',
  regex: '*influxql.RegexLiteral',
  wildcard: '*influxql.Wildcard',
};

/**
 * What is wrong with the functions a statement calls. Unlike in 1.5.4, a function of a function needs no
 * `GROUP BY time` in the text: `groupBy` of the node brings it.
 */
export function callProblem(statement: SelectStatement): Problem {
  const distinct = distinctProblem(statement);
  if (distinct !== undefined) return distinct;
  for (const { expression } of statement.fields) {
    for (const call of outerCalls(expression)) {
      const problem = problemOf(call, statement);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function distinctProblem({ fields }: SelectStatement): Problem {
  const call = fields.find(
    ({ expression }) =>
      expression.kind === 'distinct' || (expression.kind === 'call' && expression.name === 'distinct'),
  );
  if (call === undefined) return undefined;
  if (fields.length > 1) return 'aggregate function distinct() can not be combined with other functions or fields';
  if (call.expression.kind !== 'call' || call.expression.args.length === 1) return undefined;
  return `distinct function ${call.expression.args.length === 0 ? 'requires at least' : 'can only have'} one argument`;
}

/** Without those that stand inside of others. */
function outerCalls(expression: Expression): readonly CallExpression[] {
  if (expression.kind === 'call') return [expression];
  if (expression.kind === 'paren') return outerCalls(expression.inner);
  return expression.kind === 'binary' ? [...outerCalls(expression.left), ...outerCalls(expression.right)] : [];
}

function problemOf(call: CallExpression, statement: SelectStatement): Problem {
  switch (call.name) {
    case 'derivative':
    case 'non_negative_derivative':
    case 'elapsed':
      return mixProblem(statement) ?? rateProblem(call) ?? innerProblem(call, statement);
    case 'difference':
    case 'cumulative_sum':
      return mixProblem(statement) ?? countProblem(call, 1) ?? innerProblem(call, statement);
    case 'moving_average':
      return mixProblem(statement) ?? movingProblem(call) ?? innerProblem(call, statement);
    case 'top':
    case 'bottom':
      return rankProblem(call, statement);
    case 'percentile':
      return mixProblem(statement) ?? chosenProblem(call, ['integer', 'number'], 'float');
    case 'sample':
      return mixProblem(statement) ?? chosenProblem(call, ['integer'], 'integer');
    case 'holt_winters':
    case 'holt_winters_with_fit':
      return forecastProblem(call);
    default:
      return mixProblem(statement) ?? aggregateProblem(call);
  }
}

function mixProblem({ fields }: SelectStatement): Problem {
  const calls = fields.map(({ expression }) => outerCalls(expression));
  const calling = calls.filter(({ length }) => length > 0).length;
  if (calls.flat().every(({ name }) => selectors.has(name))) {
    if (calling === 1) return undefined;
    if (calling > 1 && calling !== fields.length)
      return 'mixing multiple selector functions with tags or fields is not supported';
  }
  return calling !== 0 && calling !== fields.length
    ? 'mixing aggregate and non-aggregate queries is not supported'
    : undefined;
}

function countProblem({ name, args }: CallExpression, expected: number): Problem {
  if (args.length === expected) return undefined;
  return `invalid number of arguments for ${name}, expected ${expected}, got ${args.length}`;
}

function rateProblem({ name, args }: CallExpression): Problem {
  if (args.length < 1 || args.length > 2)
    return `invalid number of arguments for ${name}, expected at least 1 but no more than 2, got ${args.length}`;
  const [, unit] = args;
  if (unit === undefined || unit.kind === 'duration') return undefined;
  return `second argument to ${name} must be a duration, got ${goTypes[unit.kind]}`;
}

function movingProblem(call: CallExpression): Problem {
  const [, points] = call.args;
  const problem = countProblem(call, 2);
  if (problem !== undefined || points === undefined) return problem;
  if (points.kind !== 'integer')
    return `second argument for moving_average must be an integer, got ${goTypes[points.kind]}`;
  return points.value > 1n ? undefined : `moving_average window must be greater than 1, got ${points.value}`;
}

function innerProblem({ name, args: [inner] }: CallExpression, statement: SelectStatement): Problem {
  if (inner?.kind !== 'call')
    return statement.dimensions.some(({ kind }) => kind === 'call')
      ? `aggregate function required inside the call to ${name}`
      : undefined;
  if (inner.name === 'top' || inner.name === 'bottom') return rankProblem(inner, statement);
  if (inner.name === 'percentile') return mixProblem(statement) ?? chosenProblem(inner, ['integer', 'number'], 'float');
  return countProblem(inner, 1) ?? (isField(inner.args[0]) ? undefined : `expected field argument in ${inner.name}()`);
}

function rankProblem({ name, args }: CallExpression, { limit }: SelectStatement): Problem {
  const points = args.at(-1);
  if (points === undefined || args.length < 2)
    return `invalid number of arguments for ${name}, expected at least 2, got ${args.length}`;
  if (points.kind !== 'integer')
    return `expected integer as last argument in ${name}(), found ${printExpression(points)}`;
  if (limit !== 0 && points.value > BigInt(limit))
    return `limit (${points.value}) in ${name} function can not be larger than the LIMIT (${limit}) in the select statement`;
  const other = args.slice(0, -1).find(({ kind }) => kind !== 'reference');
  return other === undefined
    ? undefined
    : `only fields or tags are allowed in ${name}(), found ${printExpression(other)}`;
}

function chosenProblem(call: CallExpression, kinds: readonly Expression['kind'][], wanted: string): Problem {
  const [field, choice] = call.args;
  const problem = countProblem(call, 2);
  if (problem !== undefined || choice === undefined) return problem;
  if (!isField(field)) return `expected field argument in ${call.name}()`;
  return kinds.includes(choice.kind) ? undefined : `expected ${wanted} argument in ${call.name}()`;
}

function forecastProblem(call: CallExpression): Problem {
  const { name, args } = call;
  const [inner, points, season] = args;
  const problem = countProblem(call, 3);
  if (problem !== undefined || points === undefined) return problem;
  if (inner?.kind !== 'call') return `must use aggregate function with ${name}`;
  if (points.kind !== 'integer') return `expected integer argument as second arg in ${name}`;
  if (points.value <= 0n) return `second arg to ${name} must be greater than 0, got ${points.value}`;
  return season?.kind === 'integer' ? undefined : `expected integer argument as third arg in ${name}`;
}

function aggregateProblem(call: CallExpression): Problem {
  const { name, args } = call;
  const [arg] = args;
  if (name === 'count' && args.length > 1 && arg?.kind === 'distinct')
    return 'count(distinct <field>) can only have one argument';
  const problem = countProblem(call, 1);
  if (problem !== undefined || isField(arg)) return problem;
  if (name === 'count' && arg?.kind === 'distinct') return undefined;
  if (name !== 'count' || arg?.kind !== 'call' || arg.name !== 'distinct')
    return `expected field argument in ${name}()`;
  if (arg.args.length !== 1) return 'count(distinct <field>) can only have one argument';
  return arg.args[0]?.kind === 'reference' ? undefined : 'expected field argument in distinct()';
}

function isField(expression: Expression | undefined): boolean {
  return expression?.kind === 'reference' || expression?.kind === 'wildcard' || expression?.kind === 'regex';
}
