/**
 * Go templates: `text/template`, and `html/template` for details. Compile once, render often; a template is a
 * value without state. Errors are the original's texts, as the API and the task errors show them.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { runProgram, type Program } from './exec.ts';
import { builtins, functionOfOne, type TemplateFunction } from './functions.ts';
import { planEscaping } from './html-context.ts';
import { jsonValue } from './go-json.ts';
import { parseTemplate } from './parser.ts';
import { SafeText, type TemplateValue } from './value.ts';

declare const brand: unique symbol;

/** A compiled template. */
export interface Template {
  readonly [brand]: true;
}

export interface TemplateOptions {
  /** Name in error messages, such as `id`, `message`, `details`. */
  readonly name: string;
  /** Escape by context, as `html/template`. */
  readonly html: boolean;
  /** Functions beside the built-in ones. */
  readonly functions?: ReadonlyMap<string, TemplateFunction>;
}

interface Compiled {
  readonly program: Program;
  /** Why escaping is impossible; Go finds out at the first rendering. */
  readonly escapeError: string | null;
}

/** Parses a template; an error is Go's, for example `template: id:1: unclosed action`. */
export function compileTemplate(text: string, options: TemplateOptions): Result<Template, string> {
  const functions = options.functions === undefined ? builtins : new Map([...builtins, ...options.functions]);
  const trees = parseTemplate(options.name, text, new Set(functions.keys()));
  if (!trees.ok) return trees;
  const plans = options.html ? planEscaping(options.name, trees.value) : null;
  const escape = plans?.ok === true ? plans.value : null;
  const compiled: Compiled = {
    program: { name: options.name, trees: trees.value, functions, escape },
    escapeError: plans?.ok === false ? plans.error : null,
  };
  // The brand hides the parts from callers; `renderTemplate` is the only reader.
  return ok(compiled as unknown as Template);
}

/** Renders a compiled template on data; an error is Go's. */
export function renderTemplate(template: Template, data: TemplateValue): Result<string, string> {
  const { program, escapeError } = template as unknown as Compiled;
  return escapeError === null ? runProgram(program, data) : err(escapeError);
}

/** `json` of details: the value as Go's encoder writes it, with its line feed, safe in a script. */
export const detailsJson: TemplateFunction = functionOfOne((value) => new SafeText('template.JS', jsonLine(value)));

/** `json` of httppost's body templates: plain text. */
export const bodyJson: TemplateFunction = functionOfOne(jsonLine);

function jsonLine(value: TemplateValue): string {
  const json = jsonValue(value);
  return json === null ? '' : `${json}\n`;
}
