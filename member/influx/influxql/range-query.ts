/** A batch query: a SELECT whose range of time, grouping and fill the node sets anew for each run. */
import { formatRfc3339 } from '../../base/rfc3339.ts';
import { err, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { parseSelect } from './parse.ts';
import { printExpression, printSelect } from './print.ts';
import type { Expression, Fill, SelectStatement } from './tree.ts';

export interface TimeGrouping {
  readonly intervalNs: bigint;
  readonly offsetNs: bigint;
}

export type QueryDimension =
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'star' }
  | ({ readonly kind: 'time' } & TimeGrouping);

export interface RangeQuerySettings {
  readonly dimensions: readonly QueryDimension[];
  /** Undefined: as the text says. */
  readonly fill: Fill | undefined;
}

export interface QuerySource {
  readonly database: string;
  readonly retentionPolicy: string;
}

export class RangeQuery {
  readonly sources: readonly QuerySource[];
  private readonly statement: SelectStatement;
  private readonly dimensions: readonly QueryDimension[];
  private readonly condition: string;

  private constructor(statement: SelectStatement, settings: RangeQuerySettings) {
    this.sources = statement.sources;
    this.dimensions = settings.dimensions;
    this.statement = { ...statement, fill: settings.fill ?? statement.fill };
    this.condition = conditionText(statement.condition);
  }

  /** As 1.5.4, a grouping in the text gives way to the node's, even to none. */
  static parse(text: string): Result<RangeQuery, string> {
    const parsed = parseSelect(text);
    return parsed.ok ? ok(new RangeQuery(parsed.value, { dimensions: [], fill: undefined })) : err(parsed.error);
  }

  with(settings: RangeQuerySettings): RangeQuery {
    return new RangeQuery(this.statement, settings);
  }

  get isGroupedByTime(): boolean {
    return this.dimensions.some((dimension) => dimension.kind === 'time');
  }

  /** The query of points from `startNs` on and before `stopNs`; aligned, its intervals begin where the range does. */
  text(startNs: bigint, stopNs: bigint, isGroupAligned: boolean): string {
    const range = `time >= '${formatRfc3339(startNs)}' AND time < '${formatRfc3339(stopNs)}'`;
    const dimensions = this.dimensions.map((dimension) =>
      expressionOf(dimension, isGroupAligned ? startNs : undefined),
    );
    return printSelect({ ...this.statement, dimensions }, `${this.condition}${range}`);
  }
}

/** An OR is put into parentheses: without them the range would bind to its last part alone. */
function conditionText(condition: Expression | undefined): string {
  if (condition === undefined) return '';
  const text = printExpression(condition);
  return condition.kind === 'binary' && condition.operator === 'OR' ? `(${text}) AND ` : `${text} AND `;
}

function expressionOf(dimension: QueryDimension, startNs: bigint | undefined): Expression {
  if (dimension.kind === 'star') return { kind: 'wildcard', type: '' };
  if (dimension.kind === 'tag') return { kind: 'reference', name: dimension.name, type: '' };
  const { intervalNs, offsetNs } = dimension;
  const offset = startNs === undefined || intervalNs === 0n ? offsetNs : startNs % intervalNs;
  return {
    kind: 'call',
    name: 'time',
    args: [
      { kind: 'duration', valueNs: intervalNs },
      { kind: 'duration', valueNs: offset },
    ],
  };
}
