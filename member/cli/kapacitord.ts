#!/usr/bin/env node
/** kapacitord: the program beside this file, started from its bytecode where there is one. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tuneRuntime } from '../daemon/tune-runtime.ts';
import { runProgram } from './run-program.ts';

// First: bytecode belongs to the runtime's settings it was made under.
tuneRuntime();
runProgram(join(dirname(fileURLToPath(import.meta.url)), 'kapacitord-main.js'));
