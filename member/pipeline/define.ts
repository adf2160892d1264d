/**
 * From a script to a definition: the script is evaluated against the nodes of the registry, which links them into a
 * graph; the graph is checked as a whole. `definePipeline` is the layer's way in.
 */
import { err, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { GlobalFunction, Scope } from '../tick/evaluate/describe.ts';
import { evaluate } from '../tick/evaluate/evaluate.ts';
import type { Evaluation } from '../tick/evaluate/evaluate.ts';
import type { ScriptValue } from '../tick/evaluate/value.ts';
import { parseScript } from '../tick/syntax/parser.ts';
import type { Node, Program, ScriptError, StatementNode } from '../tick/syntax/node.ts';
import type {
  DeadmanSettings,
  DefineError,
  DefineOptions,
  DefinePipeline,
  Dbrp,
  PipelineDefinition,
  TaskType,
} from './definition.ts';
import type { Graph, PipelineNode } from './graph/node.ts';
import { timeFunction } from './graph/time-dimension.ts';
import { graphText, walkOrder } from './graph/walk.ts';
import { BatchNode } from './nodes/batch.ts';
import { addDeadman } from './nodes/deadman.ts';
import { FromNode } from './nodes/from.ts';
import { planQueries } from './nodes/query/planned-queries.ts';
import { QueryNode } from './nodes/query/query.ts';
import { StreamNode } from './nodes/stream.ts';
import { udfMethods } from './nodes/udf/udf.ts';
import { nodeModules } from './registry.ts';
import { startRun } from './start.ts';

export const definePipeline: DefinePipeline = (script, options = {}) => {
  const parsed = typeof script === 'string' ? parseScript(script) : ok(script);
  if (!parsed.ok) return err(scriptError(parsed.error));
  const program = parsed.value;
  const type = typeOf(program);
  if (type === undefined) return err({ kind: 'type', message: 'invalid task type: invalid', line: 0, char: 0 });
  const built = build(program, type, options);
  if (!built.ok) return built;
  const { graph, evaluation } = built.value;
  const nodes = walkOrder(graph);
  for (const node of nodes) {
    const problem = node.validate();
    if (problem !== undefined) return err({ kind: 'script', message: problem, line: 0, char: 0 });
  }
  if (nodes.length <= 1 && options.isTemplate !== true)
    return err({ kind: 'script', message: 'task does nothing', line: 0, char: 0 });
  return ok(definitionOf(program, type, nodes, evaluation));
};

function definitionOf(
  program: Program,
  type: TaskType,
  nodes: readonly PipelineNode[],
  evaluation: Evaluation,
): PipelineDefinition {
  return {
    type,
    dbrps: program.statements.flatMap((statement): Dbrp[] =>
      statement.kind === 'dbrp' ? [{ db: statement.database.name, rp: statement.retentionPolicy.name }] : [],
    ),
    declaredVars: evaluation.declared,
    nodeNames: nodes.map((node) => node.name),
    measurements: nodes.flatMap((node) => (node instanceof FromNode ? [node.measurement] : [])),
    planQueries: (options) =>
      planQueries(
        nodes.filter((node) => node instanceof QueryNode),
        options,
      ),
    dot: (taskId) => graphText(taskId, nodes),
    start: (environment, options) => startRun(nodes, type, environment, options),
  };
}

function build(
  program: Program,
  type: TaskType,
  options: DefineOptions,
): Result<{ graph: Graph; evaluation: Evaluation }, DefineError> {
  if (nodeModules.length === 0) throw new Error('no nodes are registered');
  const graph: Graph = { sources: [], nextId: 0, deadman: options.deadman ?? defaultDeadman };
  const source = type === 'stream' ? new StreamNode(graph) : new BatchNode(graph);
  source.addAsSource();
  const scope: Scope = {
    values: new Map<string, ScriptValue>([[type, { type: 'object', value: source }]]),
    functions: globalFunctions,
    dynamicMethods: udfMethods(options.udfs ?? new Map()),
  };
  const evaluation = evaluate(program, scope, {
    ...(options.vars === undefined ? {} : { vars: options.vars }),
    ...(options.wallNs === undefined ? {} : { now: options.wallNs }),
    ignoreMissingVars: options.isTemplate ?? false,
  });
  if (!evaluation.ok) return err(scriptError(evaluation.error));
  const { isGlobal, threshold, intervalNs } = graph.deadman;
  if (isGlobal) addDeadman(source, threshold, intervalNs);
  return ok({ graph, evaluation: evaluation.value });
}

function scriptError({ message, line, char }: ScriptError): DefineError {
  return { kind: 'script', message, line, char };
}

const globalFunctions: ReadonlyMap<string, GlobalFunction> = new Map([['time', timeFunction]]);

const defaultDeadman: DeadmanSettings = {
  isGlobal: false,
  threshold: 0,
  intervalNs: 10_000_000_000n,
  id: "{{ .Group }}:NODE_NAME for task '{{ .TaskName }}'",
  message:
    '{{ .ID }} is {{ if eq .Level "OK" }}alive{{ else }}dead{{ end }}: {{ index .Fields "emitted" | printf "%0.3f" }} points/INTERVAL.',
};

/** Statements that begin with `stream` or `batch` decide; undefined when there is none, or both. */
function typeOf(program: Program): TaskType | undefined {
  const words = new Set(program.statements.flatMap((statement) => sourceWord(statement)));
  const [word] = words;
  return words.size === 1 ? word : undefined;
}

function sourceWord(statement: StatementNode): TaskType[] {
  let node: Node | undefined;
  if (statement.kind === 'declaration') node = statement.value;
  else if (statement.kind === 'chain') node = statement.left;
  while (node?.kind === 'chain') node = node.left;
  return node?.kind === 'identifier' && (node.name === 'stream' || node.name === 'batch') ? [node.name] : [];
}
