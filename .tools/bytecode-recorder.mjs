// Loaded before a launcher (`node --import`): keeps the script that it compiles. At the end of the process, one that
// was compiled from source is written as bytecode to BYTECODE_FILE; of one that was given bytecode the exit code says
// whether V8 took it.
import { writeFileSync } from 'node:fs';
import vm from 'node:vm';

let program;
vm.Script = class extends vm.Script {
  constructor(...args) {
    super(...args);
    program ??= this;
  }
};

process.once('exit', () => {
  if (program?.cachedDataRejected === true) process.exitCode = 3;
  else if (program?.cachedDataRejected === undefined)
    writeFileSync(process.env.BYTECODE_FILE, program.createCachedData());
});
