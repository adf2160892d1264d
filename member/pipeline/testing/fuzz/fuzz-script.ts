/** Scripts as data, so that a failing one can be cut down piece by piece. */
import type { Draw } from './draw.ts';
import { functionLink } from './function-link.ts';
import type { FuzzFunction } from './fuzz-function.ts';
import { lambdaOf } from './fuzz-lambda.ts';
import { randomLink } from './fuzz-nodes.ts';
import type { EdgeKind, Link } from './fuzz-nodes.ts';
import * as value from './fuzz-values.ts';

/** `var name = from|…`; without a name it stands alone. */
export interface Statement {
  readonly name: string;
  readonly from: string;
  readonly links: readonly Link[];
}

export interface FuzzScript {
  /** Declarations of values, a line each. */
  readonly head: readonly string[];
  readonly statements: readonly Statement[];
}

export function scriptText({ head, statements }: FuzzScript): string {
  const written = statements.map(({ name, from, links }) => {
    const chain = links.map(
      ({ call, properties }) => `\n    ${call}${properties.map((property) => `\n        ${property}`).join('')}`,
    );
    return `${name === '' ? '' : `var ${name} = `}${from}${chain.join('')}`;
  });
  return [...head, ...written].join('\n\n');
}

/** Names of the nodes a script calls: `window`, `join` …, and `@udf` for every function of the user's own. */
export function nodesOf({ statements }: FuzzScript): readonly string[] {
  return statements.flatMap(({ links }) =>
    links.map(({ call }) => (call.startsWith('@') ? '@udf' : (/\w+/.exec(call)?.[0] ?? ''))),
  );
}

export function randomScript(draw: Draw, functions: readonly FuzzFunction[]): FuzzScript {
  const source: EdgeKind = draw.chance(0.75) ? 'stream' : 'batch';
  const head = [
    draw.chance(0.3) && 'var span = 4s',
    draw.chance(0.3) && 'var number = 4',
    draw.chance(0.3) && `var word = ${value.text(draw)}`,
    draw.chance(0.3) && `var condition = lambda: ${lambdaOf(draw, 'bool')}`,
    draw.chance(0.1) && `var names = ['host', 'core']`,
    draw.chance(0.1) && `var pattern = /^a/`,
    draw.chance(0.01) &&
      `var given ${draw.pick(['int', 'string', 'duration', 'lambda', 'list', 'regex', 'star', 'x'])}`,
    draw.chance(0.05) && `dbrp "db"."rp"`,
  ].filter((line) => line !== false);
  const made: { name: string; edge: EdgeKind }[] = [];
  const statements: Statement[] = [];
  let serial = 0;
  const count = draw.between(1, 4);
  for (let i = 0; i < count; i++) {
    const parent = made.length > 0 && draw.chance(0.6) ? draw.pick(made) : undefined;
    let edge = parent?.edge ?? source;
    const links: Link[] = parent === undefined ? [source === 'stream' ? fromLink(draw) : queryLink(draw)] : [];
    let hasEnd = false;
    const length = draw.between(parent === undefined ? 0 : 1, 4);
    for (let j = 0; j < length; j++) {
      const wanted = edge;
      const others = made.filter((known) => known.edge === wanted).map(({ name }) => name);
      const { link, gives } =
        functionLink(draw, edge, functions) ?? randomLink({ draw, edge, others, serial: serial++ });
      links.push(link);
      hasEnd = gives === 'nothing';
      if (gives === 'nothing') break;
      edge = gives;
    }
    const name = hasEnd ? '' : `s${i}`;
    statements.push({ name, from: parent?.name ?? source, links });
    if (!hasEnd) made.push({ name, edge });
  }
  return { head, statements };
}

function fromLink(draw: Draw): Link {
  const properties = [
    draw.chance(0.85) && `.measurement(${draw.mostly(["'m'", "'m'", "'m2'"], ["''", "'grüße'", "'a b'", "'none'"])})`,
    draw.chance(0.2) && `.database(${draw.pick(["'db'", "'other'"])})`,
    draw.chance(0.1) && `.retentionPolicy('rp')`,
    draw.chance(0.6) && `.groupBy(${value.dimensions(draw)})`,
    draw.chance(0.1) && '.groupByMeasurement()',
    draw.chance(0.2) && `.where(lambda: ${lambdaOf(draw, 'bool')})`,
    draw.chance(0.1) && `.where(lambda: ${lambdaOf(draw, 'bool')})`,
    draw.chance(0.15) && `.truncate(${value.duration(draw)})`,
    draw.chance(0.15) && `.round(${value.duration(draw)})`,
  ].filter((property) => property !== false);
  return { call: '|from()', properties };
}

const queries = [
  'SELECT v FROM db.rp.m',
  'SELECT mean(v) FROM db.rp.m',
  'SELECT * FROM "db"."rp"."grüße" WHERE host = \\\'a\\\' OR v > 1',
  'SELECT mean(v) AS v, max(w) FROM db.rp.m, db.rp.m2 WHERE time > now() - 1h',
];
const oddQueries = [
  'SELECT v FROM (SELECT v FROM db.rp.m)',
  '',
  'SELECT',
  'SHOW DATABASES',
  'SELECT v FROM m',
  'DROP DATABASE db',
  'SELECT v FROM db.rp.m GROUP BY host; SELECT 1',
];

function queryLink(draw: Draw): Link {
  const properties = [
    `.period(${value.duration(draw)})`,
    draw.chance(0.85)
      ? `.every(${value.duration(draw)})`
      : `.cron('${draw.mostly(['* * * * *', '*/10 * * * * * *'], ['x', '99 * * * *'])}')`,
    draw.chance(0.2) && `.offset(${value.duration(draw)})`,
    draw.chance(0.3) && '.align()',
    draw.chance(0.15) && '.alignGroup()',
    draw.chance(0.5) && `.groupBy(${draw.chance(0.4) ? `time(${value.duration(draw)}), ` : ''}${value.tagName(draw)})`,
    draw.chance(0.15) && '.groupByMeasurement()',
    draw.chance(0.2) && `.fill(${draw.mostly(["'null'", "'previous'", '0', "'linear'"], ["'x'", '1s', 'TRUE'])})`,
    draw.chance(0.03) && `.cluster(${value.text(draw)})`,
  ].filter((property) => property !== false);
  return { call: `|query('${draw.mostly(queries, oddQueries)}')`, properties };
}
