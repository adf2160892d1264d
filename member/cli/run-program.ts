/**
 * Runs a bundled program from bytecode. A member is two megabytes of source, and reading it took a quarter of its
 * start; the build keeps what V8 makes of it (`.tools/bytecode.mjs`). V8 refuses bytecode of another version of
 * itself, of other settings or of a source of another length, and reads the source then, as it does without any.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** As Node wraps a CommonJS module, less what a bundle does not use. */
const head = '(function (exports, require, module, __filename, __dirname) {';
const tail = '\n})';

/** `file` is CommonJS without a hashbang or `import()`; its bytecode lies beside it, `x.bytecode` for `x.js`. */
export function runProgram(file: string): void {
  const bytecode = readIfThere(file.replace(/\.js$/, '.bytecode'));
  const script = new Script(head + readFileSync(file, 'utf8') + tail, {
    filename: file,
    // Lines and columns of errors are those of the file.
    columnOffset: -head.length,
    ...(bytecode === undefined ? {} : { cachedData: bytecode }),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file));
}

/** Without its bytecode, or with one that cannot be read, a program only starts more slowly. */
function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
