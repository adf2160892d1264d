/** The language and the pipeline as tasks and their views use them; formatted scripts and definitions are kept by text. */
import { ok, type Result } from '../base/result.ts';
import { definePipeline } from '../pipeline/define.ts';
import type { DeadmanSettings } from '../pipeline/definition.ts';
import type { ScriptPrinter } from '../shell/http/routes/task-view.ts';
import type { TaskLanguage } from '../tasks/catalog.ts';
import { formatExpression, formatProgram } from '../tick/syntax/printer.ts';
import { parseLambda, parseScript } from '../tick/syntax/parser.ts';
import { checkPattern } from '../tick/text/pattern.ts';

export function createLanguage(deadman: DeadmanSettings): TaskLanguage & ScriptPrinter {
  return {
    define: (script, options) => definePipeline(script, { deadman, ...options }),
    parseLambda(text) {
      const parsed = parseLambda(text);
      return parsed.ok ? parsed : { ok: false, error: parsed.error.message };
    },
    regexProblem: checkPattern,
    format(script): Result<string, unknown> {
      const program = parseScript(script);
      return program.ok ? ok(formatProgram(program.value)) : program;
    },
    lambdaText: formatExpression,
  };
}
