// The style rules that a machine can hold, one line per finding: file, line, what is wrong and what to write instead.
//
//   node .tools/tidy.mjs            exit 1 when anything is found
//
// Lengths of files and functions are ratchets: those in tidy-ratchet.json may stay as long as they are and not grow.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const ratchetFile = join(root, '.tools/tidy-ratchet.json');
const limits = { columns: 160, fileLines: 600, functionLines: 70, componentLines: 120 };

const pure =
  /^member\/(base|gossip|cluster|alerts|tick|pipeline|tasks|influx|config|api|handlers)\/|^electron\/contract\/|^member\/daemon\/compose/;
const generated = /\/gen\/|\.d\.ts$/;
const test = /\.(test|contract|bench)\.tsx?$|\/(testing|testdata)\//;

/** [pattern, where it is banned, what to write instead] */
const banned = [
  [/\bDate\.now\b|\bnew Date\(\)/, pure, 'take the time as an input'],
  [/\b(setTimeout|setInterval|setImmediate)\(/, pure, 'hand out a deadline; the shell keeps the timer'],
  [/\bMath\.random\b/, /^(member|electron)\//, 'draw from base/random.ts'],
  [
    /\bconsole\.(log|warn|error|info|debug)\b/,
    /^(member\/(?!cli|sim)|electron\/(?!cli|guard|start|browser)|renderer)\//,
    'return an observation, or use the logger of the shell',
  ],
  [/\b(TODO|FIXME|XXX|HACK)\b/, /./, 'do it, or write an issue'],
  [/\bas any\b|: any\b|<any>/, /./, 'a real type, or unknown and a check'],
  [/@ts-(ignore|nocheck|expect-error)|(eslint|oxlint)-disable/, /./, 'fix the cause'],
  [
    /\b(describe|it|test)\.(only|todo)\(|\b(describe|it|test)\.skip\(\s*['"`]/,
    /./,
    'a test runs, or names what it misses: skipIf, or skip with a condition and a reason',
  ],
  [/\bnew Function\b|\beval\(/, /^(?!member\/tick\/lambda\/)/, 'generated code lives in member/tick/lambda alone'],
  [/\bclass \w*(Manager|Helper|Util)\b/, /./, 'a name that says what it is'],
];
const bannedNames = /(^|\/)(utils?|helpers?|common|misc|manager)(\.|\/)/;

const findings = [];
const say = (file, line, text) => findings.push(`${file}:${line}: ${text}`);
const tracked = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((file) => file !== '' && !generated.test(file) && existsSync(join(root, file)));
const ratchet = existsSync(ratchetFile) ? JSON.parse(readFileSync(ratchetFile, 'utf8')) : { files: {}, functions: {} };
const measured = { files: {}, functions: {} };

for (const file of tracked) {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n');
  if (!file.startsWith('.tools/')) checkLines(file, lines);
  checkName(file);
  if (lines.length - 1 > limits.fileLines && !/grammar|\.generated\./.test(file)) {
    hold(
      'files',
      file,
      lines.length - 1,
      file,
      1,
      `${lines.length - 1} lines, at most ${limits.fileLines}: it holds more than one idea`,
    );
  }
  if (!test.test(file) && !file.startsWith('.tools/')) checkFunctions(file, text);
}

function checkLines(file, lines) {
  for (const [index, line] of lines.entries()) {
    if (line.length > limits.columns && !/https?:\/\//.test(line) && !test.test(file)) {
      say(file, index + 1, `${line.length} columns, at most ${limits.columns}`);
    }
    for (const [pattern, where, instead] of banned) {
      if (!where.test(file) || (test.test(file) && !/TODO|only|any|ts-/.test(pattern.source))) continue;
      // Prose may say what code must not; marks of unfinished work are prose.
      const searched = /TODO|ts-/.test(pattern.source) ? line : line.replace(/\/\/.*$|^\s*\/?\*.*$/, '');
      const found = pattern.exec(searched);
      if (found !== null) {
        say(file, index + 1, `${found[0]} is banned here: ${instead}`);
      }
    }
  }
}

function checkName(file) {
  if (bannedNames.test(file)) say(file, 1, 'utils, helpers, common, misc and manager name nothing: say what it holds');
  if (!/^[.a-z0-9-]+$/.test(basename(file))) say(file, 1, 'files are named in kebab-case');
}

function checkFunctions(file, text) {
  const source = ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const from = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const to = source.getLineAndCharacterOfPosition(node.end).line;
      const length = to - from + 1;
      const limit = file.endsWith('x') ? limits.componentLines : limits.functionLines;
      const name = node.name?.getText(source) ?? node.parent?.name?.getText?.(source) ?? 'anonymous';
      if (length > limit)
        hold(
          'functions',
          `${file}#${name}`,
          length,
          file,
          from + 1,
          `${name} has ${length} lines, at most ${limit}: a function fits a screen`,
        );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** Reports what is too long, unless the ratchet knows it and it has not grown. */
function hold(kind, key, length, file, line, message) {
  measured[kind][key] = length;
  const allowed = ratchet[kind][key];
  if (allowed === undefined || length > allowed) say(file, line, message);
}

if (process.argv.includes('--update')) {
  const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)));
  writeFileSync(
    ratchetFile,
    `${JSON.stringify({ files: sorted(measured.files), functions: sorted(measured.functions) }, null, 2)}\n`,
  );
}
for (const finding of findings) console.log(finding);
console.log(`tidy: ${tracked.length} files, ${findings.length} findings`);
process.exit(findings.length > 0 ? 1 : 0);
