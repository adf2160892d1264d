/**
 * The `match` of a topic handler: a lambda over one event. Levels are words and numbers at once (`level() >= WARNING`),
 * references are tags, and `level()`, `changed()`, `name()`, `taskName()`, `duration()` stand for the event.
 */
import type { MatchContext, Matcher } from '../alerts/event.ts';
import { levels } from '../alerts/publication.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Cell, Column, ValueType } from '../tick/lambda/column.ts';
import type { LambdaRun } from '../tick/lambda/compiled.ts';
import { LambdaProgram } from '../tick/lambda/program.ts';
import { parseLambda } from '../tick/syntax/parser.ts';
import type { Node } from '../tick/syntax/node.ts';

/** What stands for the event, and how it is read from it. */
const rowFunctions: Readonly<Record<string, readonly [type: ValueType, read: (context: MatchContext) => Cell]>> = {
  level: ['int', (context) => context.level],
  changed: ['bool', (context) => context.changed],
  name: ['string', (context) => context.name],
  taskName: ['string', (context) => context.taskName],
  duration: ['duration', (context) => integer(context.durationNs)],
};

export function compileMatch(text: string): Result<Matcher, string> {
  const lambda = parseLambda(text);
  if (!lambda.ok) return err(`invalid match expression: ${lambda.error.message}`);
  if (lambda.value.expression === undefined) return err('invalid match expression: it is empty');
  const program = LambdaProgram.compile(withLevels(lambda.value.expression), {
    rowFunctions: new Set(Object.keys(rowFunctions)),
  });
  if (!program.ok) return err(`invalid match expression: ${program.error}`);
  return ok(matcherOf(program.value));
}

function matcherOf(program: LambdaProgram): Matcher {
  let problem: string | undefined;
  const run: LambdaRun = {
    now: 0,
    groups: undefined,
    states: program.createStates(),
    onError: (_row, message) => {
      problem = message;
    },
  };
  return (context) => {
    problem = undefined;
    const columns = program.references.map((reference) => columnOf(reference, context));
    const matches = program.forColumns(columns).test(columns, 0, run);
    return problem === undefined ? ok(matches) : err(problem);
  };
}

function columnOf(reference: string, context: MatchContext): Column {
  const own = reference.endsWith('()') ? rowFunctions[reference.slice(0, -2)] : undefined;
  if (own !== undefined) return { type: own[0], values: [own[1](context)] };
  const tag = Object.hasOwn(context.tags, reference) ? context.tags[reference] : undefined;
  return tag === undefined ? { type: 'missing', values: [''] } : { type: 'string', values: [tag] };
}

/** The words OK, INFO, WARNING and CRITICAL as the numbers that `level()` gives. */
function withLevels(node: Node): Node {
  switch (node.kind) {
    case 'identifier': {
      const level = levels.findIndex((word) => word === node.name);
      return level < 0 ? node : { kind: 'int', position: node.position, value: BigInt(level), base: 10 };
    }
    case 'unary':
      return { ...node, operand: withLevels(node.operand) };
    case 'binary':
      return { ...node, left: withLevels(node.left), right: withLevels(node.right) };
    case 'call':
      return { ...node, args: node.args.map(withLevels) };
    default:
      return node;
  }
}

function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
