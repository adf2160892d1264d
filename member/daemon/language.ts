/** The language and the pipeline as tasks and their views use them; formatted scripts and definitions are kept by text. */
import { ok, type Result } from '../base/result.ts';
import { definePipeline } from '../pipeline/define.ts';
import type { DeadmanSettings } from '../pipeline/definition.ts';
import type { UdfInfo } from '../pipeline/nodes/udf/messages.ts';
import type { ScriptPrinter } from '../shell/http/routes/task-view.ts';
import type { TaskLanguage } from '../tasks/catalog.ts';
import { formatExpression, formatProgram } from '../tick/syntax/printer.ts';
import { parseLambda, parseScript } from '../tick/syntax/parser.ts';
import { checkPattern } from '../tick/text/pattern.ts';

export function createLanguage(
  deadman: DeadmanSettings,
  udfs: ReadonlyMap<string, UdfInfo>,
): TaskLanguage & ScriptPrinter {
  return {
    define: keeping((script, options) => definePipeline(script, { deadman, udfs, ...options })),
    parseLambda(text) {
      const parsed = parseLambda(text);
      return parsed.ok ? parsed : { ok: false, error: parsed.error.message };
    },
    regexProblem: checkPattern,
    format: keepingFormatted((script) => {
      const program = parseScript(script);
      return program.ok ? ok(formatProgram(program.value)) : program;
    }),
    lambdaText: formatExpression,
  };
}

type Define = TaskLanguage['define'];

const keptDefinitions = 64;
const keptFormatted = 256;

/**
 * A request defines its script more than once: to check it, to start it, to show it. Definitions are kept by text where
 * nothing else goes into them: no variables, and no `now()`, which stands for the time of the request.
 */
function keeping(define: Define): Define {
  const kept = new Map<string, ReturnType<Define>>();
  return (script, options) => {
    if ((options.vars?.size ?? 0) > 0 || script.includes('now')) return define(script, options);
    const key = `${options.isTemplate === true ? 'template' : 'task'}\n${script}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const definition = define(script, options);
    if (kept.size === keptDefinitions) kept.clear();
    kept.set(key, definition);
    return definition;
  };
}

type Format = (script: string) => Result<string, unknown>;

/** Who watches a task asks for it again and again, and each answer shows its script. */
function keepingFormatted(format: Format): Format {
  let kept = new Map<string, Result<string, unknown>>();
  return (script) => {
    const known = kept.get(script);
    if (known !== undefined) return known;
    const formatted = format(script);
    if (kept.size === keptFormatted) kept = new Map();
    kept.set(script, formatted);
    return formatted;
  };
}
