// The half of fuzz.mjs that runs cases, in a process of its own, so that a case without end can be stopped.
import { Session } from 'node:inspector';
import { caseSeed } from '../member/pipeline/testing/fuzz/draw.ts';
import { randomCase } from '../member/pipeline/testing/fuzz/fuzz-case.ts';
import { nodesOf } from '../member/pipeline/testing/fuzz/fuzz-script.ts';
import { playFuzzCase } from '../member/pipeline/testing/fuzz/play-fuzz-case.ts';

/** What identifies a failure: the message without its numbers, and the place. */
function signatureOf(error) {
  const place = /\n\s+at (?:assert|present)?.*?\n?\s+at ([^\n]*)/.exec(error.stack ?? '')?.[1] ?? '';
  return `${String(error.message ?? error)
    .replace(/\d+/g, 'N')
    .slice(0, 120)} at ${place.replace(/:\d+:\d+|\(.*\//g, '')}`;
}

function play(fuzzCase) {
  try {
    return { result: playFuzzCase(fuzzCase) };
  } catch (error) {
    return { failure: { signature: signatureOf(error), stack: error.stack ?? String(error) } };
  }
}

const session = new Session();
session.connect();

/**
 * Collects all that can be let go. `gc()` would not do: collections that a program asks for do not count for the age
 * of compiled code, so V8's cache keeps the code of every lambda there ever was, and the heap seems to grow.
 */
function collect() {
  session.post('HeapProfiler.collectGarbage');
}

function runCases({ seed, from, count, checkEvery }) {
  const nodes = {};
  const totals = { cases: 0, points: 0, refused: 0, 'not started': 0, ended: 0, ran: 0 };
  const failures = [];
  for (let index = from; index < from + count; index++) {
    process.send({ kind: 'case', index });
    const fuzzCase = randomCase(seed, index);
    const { result, failure } = play(fuzzCase);
    totals.cases++;
    if (failure !== undefined) failures.push({ index, ...failure });
    else {
      totals[result.outcome]++;
      totals.points += result.points;
      if (result.outcome === 'ran' || result.outcome === 'ended')
        for (const name of nodesOf(fuzzCase.script)) nodes[name] = (nodes[name] ?? 0) + 1;
      const again = caseSeed(seed, index) % checkEvery === 0 ? play(randomCase(seed, index)).result : result;
      if (again?.digest !== result.digest)
        failures.push({ index, signature: 'not deterministic', stack: 'played twice, the case ends differently' });
    }
  }
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({ kind: 'done', totals, nodes, failures, memory: { rss, heapUsed } });
}

process.on('message', (message) => {
  if (message.kind === 'run') runCases(message);
  else process.send({ kind: 'played', ...play(message.fuzzCase) });
});
process.on('disconnect', () => process.exit(0));
