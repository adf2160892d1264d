/**
 * The source of generated functions. It is made of fixed words and numbers only: constants, patterns, messages and
 * kernels are handed in as lists and used by index, so that nothing of a script ever becomes code.
 */
import type { ValueType } from './column.ts';
import type { KernelFunction, Operand } from './kernel.ts';
import type { Typed } from './typed.ts';

export interface GeneratedSource {
  /** The body of a factory with the parameters K (constants), F (kernels), c (context), and the helpers of int64.ts. */
  readonly body: string;
  readonly constants: readonly Operand[];
  readonly kernels: readonly KernelFunction[];
}

export type LoopKind = 'filter' | 'map' | 'test' | 'value';

/** What a loop does with the rest of a failed row. */
const bail: Readonly<Record<LoopKind, string>> = {
  filter: 'continue;',
  map: 'continue;',
  test: 'return false;',
  value: 'return undefined;',
};

/** The source for one use of a typed lambda. Each is made when first needed. */
export function sourceFor(
  kind: LoopKind,
  typed: Typed,
  types: readonly ValueType[],
  isStateful: boolean,
): GeneratedSource {
  const emitter = new Emitter(bail[kind]);
  const result = emitter.expression(typed);
  const read = types.flatMap((type, index) => (type === 'missing' ? [] : [index]));
  const prologue = [
    ...read.map(
      (index) => `const C${index} = columns[${index}], v${index} = C${index}.values, p${index} = C${index}.present;`,
    ),
    'c.now = run.now;',
  ];
  for (const [index, type] of types.entries()) if (type === 'time') prologue.push(`const n${index} = C${index}.nanos;`);
  const isAbsent = read.map((index) => `(p${index} !== undefined && p${index}[row] === 0)`).join(' || ');
  const state = isStateful
    ? ['c.own = run.states.of(run.groups === undefined ? 0 : run.groups[row]);', 'c.shared = run.states.shared;']
    : [];
  const row = [...state, ...emitter.statements];
  const body = `"use strict";\n${emitter.declarations().join('\n')}\n${wrap(kind, prologue, isAbsent, row, result, typed.type)}`;
  return { body, constants: emitter.constants, kernels: emitter.kernels };
}

function wrap(
  kind: LoopKind,
  prologue: readonly string[],
  isAbsent: string,
  row: readonly string[],
  result: string,
  type: ValueType,
): string {
  const head = prologue.join('\n');
  const statements = row.join('\n');
  switch (kind) {
    case 'filter':
      return `return function (columns, selection, count, into, run, lambda) {
${head}
let kept = 0;
for (let i = 0; i < count; i++) {
const row = selection[i];
${isAbsent === '' ? '' : `if (${isAbsent}) { if (lambda.testIncomplete(columns, row, run)) into[kept++] = row; continue; }`}
${statements}
if (${result}) into[kept++] = row;
}
return kept;
};`;
    case 'map':
      return `return function (columns, selection, count, output, into, run, lambda) {
${head}
let kept = 0, values = output.values;
for (let i = 0; i < count; i++) {
const row = selection[i];
let r;
${isAbsent === '' ? '{' : `if (${isAbsent}) { r = lambda.valueIncomplete(columns, row, run); if (r === undefined) continue; } else {`}
${statements}
r = ${result};
}
${type === 'int' || type === 'duration' ? "if (typeof r === 'bigint') values = output.widen();" : ''}
values[row] = r; into[kept++] = row;
}
return kept;
};`;
    case 'test':
      return `return function (columns, row, run) {\n${head}\n${statements}\nreturn ${result};\n};`;
    case 'value':
      return `return function (columns, row, run) {\n${head}\n${statements}\nreturn ${result};\n};`;
  }
}

class Emitter {
  readonly statements: string[] = [];
  readonly constants: Operand[] = [];
  readonly kernels: KernelFunction[] = [];
  private readonly bail: string;
  private temporaries = 0;

  constructor(bailOut: string) {
    this.bail = bailOut;
  }

  declarations(): string[] {
    return [
      ...this.constants.map((_, index) => `const k${index} = K[${index}];`),
      ...this.kernels.map((_, index) => `const f${index} = F[${index}];`),
    ];
  }

  /** Source of the value. What may fail, or must happen in order, becomes statements before it. */
  expression(typed: Typed): string {
    switch (typed.op) {
      case 'constant':
        return this.constant(typed.value);
      case 'column':
        if (typed.type !== 'time') return `v${typed.index}[row]`;
        return `(n${typed.index} === undefined ? v${typed.index}[row] : joinTime(v${typed.index}[row], n${typed.index}[row]))`;
      case 'seconds':
        return `(n${typed.index} === undefined ? secondsOf(v${typed.index}[row]) : v${typed.index}[row])`;
      case 'missing':
        return 'false';
      case 'fail':
        for (const part of typed.before) this.statement(this.expression(part));
        this.statements.push(`run.onError(row, ${this.constant(typed.message)}); ${this.bail}`);
        return zeroOf(typed.type);
      case 'not':
        return `!${this.operand(typed.operand)}`;
      case 'negate':
        return typed.type === 'float'
          ? `-${this.operand(typed.operand)}`
          : `negateInt(${this.expression(typed.operand)})`;
      case 'and':
        return this.logical(typed.left, typed.right, '&&');
      case 'or':
        return this.logical(typed.left, typed.right, '||');
      case 'apply':
        return this.apply(typed);
    }
  }

  /** A sign before an expression needs it in brackets. */
  private operand(typed: Typed): string {
    return `(${this.expression(typed)})`;
  }

  private logical(left: Typed, right: Typed, sign: '&&' | '||'): string {
    const leftSource = this.expression(left);
    if (!needsStatements(right)) return `(${leftSource} ${sign} ${this.expression(right)})`;
    const result = this.temporary(leftSource);
    this.statements.push(`if (${sign === '&&' ? '' : '!'}${result}) {`);
    const rightSource = this.expression(right);
    this.statements.push(`${result} = ${rightSource};`, '}');
    return result;
  }

  private apply({ kernel, args, prefix, slot }: Typed & { op: 'apply' }): string {
    // Whatever has an effect is a statement, so effects keep their order while the values are put together afterwards.
    const operands = args.map((arg) => this.expression(arg));
    if (kernel.inline !== undefined) return kernel.inline(operands);
    const call = `${this.kernel(kernel.apply)}(${[...operands, 'c'].join(', ')})`;
    if (kernel.isStateful !== true && kernel.canFail !== true) return call;
    if (kernel.isStateful === true)
      this.statements.push(`c.state = ${slot === 0 ? 'c.own' : `c.shared[${slot - 1}]`};`);
    const result = this.temporary(call);
    if (kernel.canFail === true) {
      const message = prefix === '' ? 'fault' : `${this.constant(prefix)} + fault`;
      this.statements.push(
        `if (c.fault !== undefined) { const fault = c.fault; c.fault = undefined; run.onError(row, ${message}); ${this.bail} }`,
      );
    }
    return result;
  }

  private temporary(source: string): string {
    const name = `t${this.temporaries++}`;
    this.statements.push(`let ${name} = ${source};`);
    return name;
  }

  private statement(source: string): void {
    this.statements.push(`${source};`);
  }

  private constant(value: Operand): string {
    const known = this.constants.findIndex((constant) => Object.is(constant, value));
    return `k${known >= 0 ? known : this.constants.push(value) - 1}`;
  }

  private kernel(apply: KernelFunction): string {
    const known = this.kernels.indexOf(apply);
    return `f${known >= 0 ? known : this.kernels.push(apply) - 1}`;
  }
}

/** Whether its source cannot be a single expression. */
function needsStatements(typed: Typed): boolean {
  if (typed.canFail) return true;
  switch (typed.op) {
    case 'not':
    case 'negate':
      return needsStatements(typed.operand);
    case 'and':
    case 'or':
      return needsStatements(typed.left) || needsStatements(typed.right);
    case 'apply':
      return typed.kernel.isStateful === true || typed.args.some(needsStatements);
    default:
      return false;
  }
}

/** Stands after a failure, where nothing runs any more. */
function zeroOf(type: ValueType): string {
  return type === 'string' ? '""' : type === 'bool' ? 'false' : '0';
}
