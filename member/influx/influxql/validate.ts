import type { Expression, SelectStatement } from './tree.ts';
import { walkExpression } from './tree.ts';
import { callProblem } from './validate-calls.ts';

/** What is wrong with a statement as a whole; the original's text. */
export function validateSelect(statement: SelectStatement): string | undefined {
  const names = statement.fields.flatMap((field) => namesIn(field.expression));
  if (names.length === 1 && names[0] === 'time') return 'at least 1 non-time field must be queried';
  for (const { expression } of statement.fields) {
    if (expression.kind === 'binary' && mixesCallsAndFields(expression))
      return 'binary expressions cannot mix aggregates and raw fields';
  }
  return dimensionProblem(statement.dimensions) ?? callProblem(statement) ?? intervalProblem(statement);
}

function namesIn(expression: Expression): readonly string[] {
  const names: string[] = [];
  walkExpression(expression, (part) => {
    if (part.kind === 'reference') names.push(part.name);
  });
  return names;
}

function mixesCallsAndFields(expression: Expression): boolean {
  let hasCalls = false;
  let hasFields = false;
  const visit = (part: Expression): void => {
    if (part.kind === 'call') hasCalls = true;
    else if (part.kind === 'reference') hasFields = true;
    else if (part.kind === 'paren') visit(part.inner);
    else if (part.kind === 'binary') {
      visit(part.left);
      visit(part.right);
    }
  };
  visit(expression);
  return hasCalls && hasFields;
}

function dimensionProblem(dimensions: readonly Expression[]): string | undefined {
  let hasTime = false;
  for (const dimension of dimensions) {
    if (dimension.kind === 'reference' && dimension.name.toLowerCase() === 'time')
      return 'time() is a function and expects at least one argument';
    if (dimension.kind === 'reference' || dimension.kind === 'wildcard' || dimension.kind === 'regex') continue;
    if (dimension.kind !== 'call') return 'only time and tag dimensions allowed';
    if (dimension.name !== 'time') return 'only time() calls allowed in dimensions';
    const [interval] = dimension.args;
    if (dimension.args.length < 1 || dimension.args.length > 2) return 'time dimension expected 1 or 2 arguments';
    if (interval?.kind !== 'duration') return 'time dimension must have duration argument';
    if (hasTime) return 'multiple time dimensions not allowed';
    const offset = offsetProblem(dimension.args[1]);
    if (offset !== undefined) return offset;
    hasTime = true;
  }
  return undefined;
}

function offsetProblem(offset: Expression | undefined): string | undefined {
  if (offset === undefined || offset.kind === 'duration') return undefined;
  if (offset.kind !== 'call') return 'time dimension offset must be duration or now()';
  if (offset.name !== 'now') return 'time dimension offset function must be now()';
  return offset.args.length === 0 ? undefined : 'time dimension offset now() function requires no arguments';
}

function intervalProblem({ fields, dimensions, condition }: SelectStatement): string | undefined {
  if (!dimensions.some((dimension) => dimension.kind === 'call')) return undefined;
  let hasCalls = false;
  for (const { expression } of fields)
    walkExpression(expression, (part) => {
      if (part.kind === 'call') hasCalls = true;
    });
  if (!hasCalls) return 'GROUP BY requires at least one aggregate function';
  const isTimed = condition !== undefined && namesIn(condition).includes('time');
  return isTimed ? undefined : 'aggregate functions with GROUP BY time require a WHERE time clause';
}
