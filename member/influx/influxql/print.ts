/** Prints what `parse.ts` reads, so that InfluxDB reads the same. */
import { plainDecimal } from '../line-protocol/write.ts';
import { formatDuration } from './duration.ts';
import { isKeyword } from './keywords.ts';
import type { Expression, Fill, Measurement, SelectStatement } from './tree.ts';

/** `condition` is printed already. */
export function printSelect(statement: SelectStatement, condition: string): string {
  const { fields, into, sources, dimensions, fill, order } = statement;
  let text = `SELECT ${fields
    .map(({ expression, alias }) => printExpression(expression) + (alias === '' ? '' : ` AS ${printName(alias)}`))
    .join(', ')}`;
  if (into !== undefined) text += ` INTO ${printMeasurement(into)}${into.name === '' ? ':MEASUREMENT' : ''}`;
  text += ` FROM ${sources.map(printMeasurement).join(', ')}`;
  if (condition !== '') text += ` WHERE ${condition}`;
  if (dimensions.length > 0) text += ` GROUP BY ${dimensions.map(printExpression).join(', ')}`;
  text += printFill(fill);
  if (order !== undefined)
    text += ` ORDER BY ${order.name === '' ? '' : `${order.name} `}${order.isAscending ? 'ASC' : 'DESC'}`;
  if (statement.limit > 0) text += ` LIMIT ${statement.limit}`;
  if (statement.offset > 0) text += ` OFFSET ${statement.offset}`;
  if (statement.seriesLimit > 0) text += ` SLIMIT ${statement.seriesLimit}`;
  if (statement.seriesOffset > 0) text += ` SOFFSET ${statement.seriesOffset}`;
  return text;
}

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'binary':
      return `${printExpression(expression.left)} ${expression.operator} ${printExpression(expression.right)}`;
    case 'paren':
      return `(${printExpression(expression.inner)})`;
    case 'reference':
      return printName(expression.name) + (expression.type === '' ? '' : `::${expression.type}`);
    case 'call':
      return `${expression.name}(${expression.args.map(printExpression).join(', ')})`;
    case 'distinct':
      return `DISTINCT ${printName(expression.name)}`;
    case 'number':
      return printNumber(expression.value);
    case 'integer':
    case 'boolean':
      return String(expression.value);
    case 'string':
      return `'${expression.value.replaceAll(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;
    case 'duration':
      return formatDuration(expression.valueNs);
    case 'regex':
      return `/${expression.pattern.replaceAll('/', '\\/')}/`;
    case 'wildcard':
      return expression.type === '' ? '*' : `*::${expression.type}`;
  }
}

/** InfluxQL knows no exponents. Unlike 1.5.4, which rounds to three decimals, the value stays what it was. */
function printNumber(value: number): string {
  const text = plainDecimal(value);
  return text.includes('.') ? text : `${text}.0`;
}

function printMeasurement({ database, retentionPolicy, name, pattern }: Measurement): string {
  let text = database === '' ? '' : `${printName(database)}.`;
  if (retentionPolicy !== '') text += printName(retentionPolicy);
  if (database !== '' || retentionPolicy !== '') text += '.';
  if (name !== '') return text + printName(name);
  return pattern === undefined ? text : `${text}/${pattern.replaceAll('/', '\\/')}/`;
}

function printName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isKeyword(name)) return name;
  return `"${name.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

function printFill(fill: Fill): string {
  if (fill.kind === 'null') return '';
  return ` fill(${fill.kind === 'number' ? printFillValue(fill.value) : fill.kind})`;
}

function printFillValue(value: number | bigint): string {
  return typeof value === 'number' ? printNumber(value) : String(value);
}
