export type ReferenceValue =
  | { readonly type: 'int' | 'duration' | 'time'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'regex'; readonly value: string }
  | { readonly type: 'missing' };

export type ReferenceType = ReferenceValue['type'];
export type ReferenceRow = ReadonlyMap<string, ReferenceValue>;

export interface ReferenceState {
  count: bigint;
  min: number;
  max: number;
}

export class RowFailure extends Error {}
