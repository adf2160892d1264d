import { goTypeNameOf } from '../../engine/go-types.ts';
import type { FieldValues } from '../../engine/field-values.ts';
import type { ValueType } from '../../../tick/lambda/column.ts';

export type Report = (message: string, error: string) => void;

/** Reports what `FieldValues` left out, as the original does point by point. */
export function reportLeftOut(
  values: FieldValues,
  node: { kind: string; field: string },
  context: 'batch' | 'point',
  report: Report,
): void {
  const message = context === 'batch' ? 'failed to aggregate point in batch' : 'failed to aggregate point';
  for (let i = 0; i < values.missingBefore; i++) reportMissing(node.field, report);
  for (const type of values.refused) reportInapplicable(node.kind, node.field, type, report);
  for (let i = 0; i < values.missingAfter; i++)
    report(message, `field ${node.field} missing from point cannot aggregate`);
  for (const type of values.mistyped) report(message, mistyped(node.field, type, values.type));
}

export function reportMissing(fieldName: string, report: Report): void {
  report('failed to realize reduce context from fields', `field "${fieldName}" missing from point`);
}

export function reportInapplicable(method: string, fieldName: string, type: ValueType, report: Report): void {
  const type64 = goTypeNameOf(type);
  report(
    'failed to realize reduce context from fields',
    `invalid influxql func ${method} with field ${fieldName}: cannot apply ${method} to ${type64} field`,
  );
}

export function mistyped(fieldName: string, got: ValueType, expected: ValueType): string {
  return `field ${fieldName} has wrong type: got ${goTypeNameOf(got)} exp ${goTypeNameOf(expected)}`;
}
