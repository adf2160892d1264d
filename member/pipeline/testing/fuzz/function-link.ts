/** How a script calls a user-defined function: with its options mostly, with others now and then. */
import type { UdfOptionType } from '../../nodes/udf/messages.ts';
import type { Draw } from './draw.ts';
import type { FunctionOption, FuzzFunction } from './fuzz-function.ts';
import type { EdgeKind, Link } from './fuzz-nodes.ts';
import * as value from './fuzz-values.ts';

/** Of the nodes, where there are functions that fit. */
const share = 0.35;

/** Undefined: here comes another node. */
export function functionLink(
  draw: Draw,
  edge: EdgeKind,
  functions: readonly FuzzFunction[],
): { readonly link: Link; readonly gives: EdgeKind } | undefined {
  const fitting = draw.chance(0.01) ? functions : functions.filter(({ wants }) => wants === edge);
  if (fitting.length === 0 || !draw.chance(share)) return undefined;
  const { name, provides, options } = draw.pick(fitting);
  const args = draw.chance(0.03) ? value.scalar(draw) : '';
  const properties = draw.list(0, options.length, () => optionCall(draw, draw.pick(options)));
  if (draw.chance(0.005)) properties.push(`.nothing(${value.scalar(draw)})`);
  if (draw.chance(0.05)) properties.push('.quiet()');
  return { link: { call: `@${draw.chance(0.005) ? 'nothing' : name}(${args})`, properties }, gives: provides };
}

function optionCall(draw: Draw, { name, types }: FunctionOption): string {
  const args = types.map((type) => (draw.chance(0.005) ? value.scalar(draw) : argument(draw, type)));
  if (draw.chance(0.01)) args.push(value.scalar(draw));
  const first = name.slice(0, 1);
  const called = draw.chance(0.03) ? draw.pick([first.toUpperCase(), first.toLowerCase()]) : first;
  return `.${called}${name.slice(1)}(${args.join(', ')})`;
}

/** A literal of the type: variables and numbers of other types are for other nodes. */
function argument(draw: Draw, type: UdfOptionType): string {
  switch (type) {
    case 'BOOL':
      return draw.pick(['TRUE', 'FALSE']);
    case 'INT':
      return draw.mostly(['1', '10'], ['0', '-1', '9223372036854775807', '0777']);
    case 'DOUBLE':
      return draw.mostly(['0.5', '10.0'], ['-1.0', '1000000000000000000000000.0', '0.0000001']);
    case 'STRING':
      return draw.mostly(["'x'", "'some text'"], ["''", "'é😀'", "'a\\'b'", "'line\nbreak'"]);
    case 'DURATION':
      return draw.mostly(['1s', '10m'], ['0s', '-1s', '1u', '5200w']);
  }
}
