// The bar of the member's performance, row by row, and what one run of the shared benchmark says to it, as Markdown.

/** Workload, figure, gate and goal; `above`: more is better. Figures are ratios member / original unless `isAbsolute`. */
const bar = [
  ...rates({
    W1: [3, 5, 4, 8],
    W2: [3, 6, 5, 10],
    W3: [3, 5, 5, 8],
    W4a: [10, 20, 10, 20],
    W4b: [3, 5, 5, 8],
    W5: [2, 4, 3, 6],
    W6: [6, 12, 10, 20],
    W7: [2.5, 4, 4, 6],
    W9a: [1.1, 1.3, 1.3, 2],
    W9b: [3, 5, 4, 8],
  }),
  row('W8', 'p50', 'write-to-alert p50, ms', 1, 0.6),
  row('W8', 'p99', 'write-to-alert p99, ms', 1, 0.6),
  row('W8', 'cpu', 'CPU, s', 0.7, 0.35),
  ...['W1', 'W2', 'W3'].map((name) => row(name, 'p99', 'write-to-alert p99 under load, ms', 0.8, 0.4)),
  row('W4a', 'p99', 'write-to-alert p99, ms', 0.2, 0.1),
  row('W7', 'rss', 'peak RSS, MiB', 0.5, 0.25),
  row('W3', 'rss', 'peak RSS, MiB', 1, 0.7),
  ...['W1', 'W2', 'W6', 'W9b'].map((name) => row(name, 'rss', 'peak RSS, MiB', 2, 1.3)),
  row('L', 'coldStartMs', 'cold start with an empty store, ms', ...(nodeMajor() >= 22 ? [3, 2] : [4, 3])),
  row('L', 'idleRssMiB', 'idle RSS, MiB', 2.5, 1.6),
  { ...row('L', 'idleCpuMsPerSec', 'idle CPU without tasks, ms per s', 2, null), isAbsolute: true },
  row('L', 'define500Ms', 'define 500 tasks, ms', 0.5, 0.2),
  row('L', 'rss500MiB', 'RSS with 500 tasks, MiB', 1, 0.6),
  row('L', 'cpu500MsPerSec', 'CPU with 500 idle tasks, ms per s', 0.3, 0.1),
  row('L', 'start500ReadyMs', 'restart with 500 tasks until the last executes, ms', 0.6, 0.3),
  { ...row('L', 'stop500Ms', 'SIGTERM to exit with 500 tasks, ms', 250, null), isAbsolute: true },
];

function rates(bounds) {
  return Object.entries(bounds).flatMap(([name, [gate, goal, cpuGate, cpuGoal]]) => [
    { ...row(name, 'pointsPerSec', 'points/s', gate, goal), isAbove: true },
    { ...row(name, 'pointsPerCpuSec', 'points per CPU-s', cpuGate, cpuGoal), isAbove: true },
  ]);
}

function row(workload, figure, label, gate, goal) {
  return { workload, figure, label, gate, goal, isAbove: false, isAbsolute: false };
}

function nodeMajor() {
  return Number(process.versions.node.split('.')[0]);
}

/** `report` is what `--json` of the benchmark holds: the original first, the member second. */
export function reportOf(report) {
  const measured = bar.flatMap((wanted) => measure(wanted, report) ?? []);
  const missed = measured.filter(({ verdict }) => verdict.startsWith('missed'));
  const failed = Object.entries(report.workloads).flatMap(([name, { errors }]) =>
    errors.flatMap((texts, side) => texts.map((text) => `- ${name}, ${report.servers[side]}: ${text}`)),
  );
  const { cpus, node, load } = report.machine;
  return [
    `${cpus} cores, Node ${node}, load average ${load[0].toFixed(1)} at the start, ${report.runs} runs a side, alternately.`,
    '',
    '| | figure | gate | goal | ratio (min..max) | original | member | |',
    '| --- | --- | --: | --: | --: | --: | --: | --- |',
    ...measured.map(line),
    '',
    missed.length === 0
      ? 'No gate was missed.'
      : `Gates missed: ${missed.map(({ workload, label }) => `${workload} ${label}`).join('; ')}.`,
    ...(failed.length === 0 ? [] : ['', 'Runs that failed:', '', ...failed]),
    '',
  ].join('\n');
}

function measure(wanted, report) {
  const runs = report.workloads[wanted.workload]?.all;
  if (runs === undefined) return undefined;
  const [original, member] = runs.map((side) => side.map((run) => run[wanted.figure]).filter(Number.isFinite));
  if (original.length === 0 || member.length === 0) return undefined;
  const pairs = member.slice(0, original.length).map((value, index) => value / original[index]);
  const ratio = median(member) / median(original);
  const judged = wanted.isAbsolute ? median(member) : ratio;
  return {
    ...wanted,
    original: median(original),
    member: median(member),
    ratio,
    pairs,
    verdict: verdictOf(wanted, judged),
  };
}

function verdictOf({ gate, goal, isAbove }, value) {
  const reaches = (bound) => (isAbove ? value >= bound : value <= bound);
  if (!reaches(gate)) return 'missed';
  return goal === null || reaches(goal) ? 'goal' : 'gate';
}

function line({ workload, label, gate, goal, ratio, pairs, original, member, isAbsolute, verdict }) {
  const bound = (value) => (value === null ? '–' : isAbsolute ? `${value} absolute` : String(value));
  const shownRatio = Number.isFinite(ratio)
    ? `${short(ratio)} (${short(Math.min(...pairs))}..${short(Math.max(...pairs))})`
    : '–';
  return `| ${workload} | ${label} | ${bound(gate)} | ${bound(goal)} | ${shownRatio} | ${short(original)} | ${short(member)} | ${verdict} |`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Three digits are all that such a measurement has. */
function short(value) {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}
