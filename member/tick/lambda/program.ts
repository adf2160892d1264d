import { err } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Node } from '../syntax/node.ts';
import type { Column, ValueType } from './column.ts';
import type { CompiledLambda, LambdaOptions } from './compiled.ts';
import { LambdaStates } from './state.ts';

/** A lambda expression, checked as far as it can be without data. See `compiled.ts` for its use. */
export class LambdaProgram {
  /** Names of the fields and tags it reads, each once, in order of first appearance; `time` is the row's time. */
  readonly references: readonly string[];
  /** Whether it counts, or otherwise remembers, and so needs `run.groups`. */
  readonly isStateful: boolean;

  private constructor(references: readonly string[], isStateful: boolean) {
    this.references = references;
    this.isStateful = isStateful;
  }

  /** The error is the original's text of `NewExpression`, without the caller's prefix. */
  static compile(_expression: Node, _options: LambdaOptions = {}): Result<LambdaProgram, string> {
    return err('not built');
  }

  /** The compiled form for references of these types; cached. */
  specialize(_types: readonly ValueType[]): CompiledLambda {
    throw new Error('not built');
  }

  /** The compiled form for these columns, in the order of `references`; cached. */
  forColumns(columns: readonly Column[]): CompiledLambda {
    return this.specialize(columns.map((column) => column.type));
  }

  createStates(): LambdaStates {
    return new LambdaStates(0);
  }
}
