/**
 * TICKscript, the language tasks are written in: reading and formatting scripts, running them against the pipeline's
 * objects, and evaluating the lambda expressions they hold.
 *
 * What it guarantees: any text is parsed without throwing, and a refusal says line and char; formatted scripts,
 * messages and results are those of Kapacitor 1.5.4; integers are 64-bit and wrap around; regular expressions are
 * RE2's; a lambda that fails on a row yields an error for that row and nothing else. What it must not know: nodes
 * (they describe themselves through `evaluate/describe.ts`), points and blocks beyond a column (`lambda/column.ts`),
 * clocks and zones (both are handed in).
 */
export { formatExpression, formatProgram } from './syntax/printer.ts';
export { depthLimit, parseLambda, parseScript } from './syntax/parser.ts';
export { dbrpsOf, functionsOf, referencesOf, taskTypeOf } from './syntax/inspect.ts';
export type { Dbrp, TaskType } from './syntax/inspect.ts';
export type * from './syntax/node.ts';

export { evaluate } from './evaluate/evaluate.ts';
export type { EvaluateOptions, Evaluation } from './evaluate/evaluate.ts';
export { field, method, variadicMethod } from './evaluate/describe.ts';
export type * from './evaluate/describe.ts';
export { resolveIdentifiers } from './evaluate/resolve.ts';
export type { Lookup } from './evaluate/resolve.ts';
export { goTypeOf } from './evaluate/value.ts';
export type { ScriptValue, ScriptValueType } from './evaluate/value.ts';
export type { Var, VarType } from './evaluate/vars.ts';
export { declaredVarsToJson, readVars, varsFromJson } from './evaluate/vars-json.ts';
export type { VarJson, VarJsonValue, VarsJson } from './evaluate/vars-json.ts';

export { LambdaProgram } from './lambda/program.ts';
export { OutputColumn } from './lambda/output-column.ts';
export { LambdaStates } from './lambda/state.ts';
export type { FunctionSnapshot, StatesSnapshot } from './lambda/state.ts';
export type * from './lambda/column.ts';
export type * from './lambda/compiled.ts';
export {
  addInt,
  divideInt,
  intFromBig,
  intFromFloat,
  joinTime,
  multiplyInt,
  negateInt,
  remainderInt,
  secondsOf,
  subtractInt,
} from './lambda/int64.ts';

export { formatDuration, parseDuration } from './text/duration.ts';
export { formatFloatPlain, formatFloatShort, parseFloat64 } from './text/number.ts';
export { checkPattern, patternOf } from './text/pattern.ts';
export type { Pattern } from './text/pattern.ts';
export { quote } from './text/quote.ts';
