import type { BinaryOperator } from './node.ts';
import type { TokenType } from './token.ts';

/** The higher, the stronger it binds; equals associate to the left. */
export const bindingPower: Readonly<Record<BinaryOperator, number>> = {
  OR: 0,
  AND: 1,
  '==': 2,
  '!=': 2,
  '=~': 2,
  '!~': 2,
  '>': 3,
  '>=': 3,
  '<': 3,
  '<=': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
};

export function binaryOperatorOf(type: TokenType): BinaryOperator | undefined {
  if (type === 'multiply') return '*';
  switch (type) {
    case 'OR':
    case 'AND':
    case '==':
    case '!=':
    case '=~':
    case '!~':
    case '>':
    case '>=':
    case '<':
    case '<=':
    case '+':
    case '-':
    case '/':
    case '%':
      return type;
    default:
      return undefined;
  }
}
