/** Running state of one lambda's stateful functions within one group. Plain JSON but for infinities, see `snapshot`. */
export interface FunctionState {
  count: number;
  sigma: { mean: number; m2: number; n: number };
  spread: { min: number; max: number };
}

/** State as JSON. Infinities are written as null. */
export interface FunctionSnapshot {
  readonly count: number;
  readonly sigma: { readonly mean: number; readonly m2: number; readonly n: number };
  readonly spread: { readonly min: number | null; readonly max: number | null };
}

export interface StatesSnapshot {
  readonly groups: Readonly<Record<string, FunctionSnapshot>>;
  readonly shared: readonly FunctionSnapshot[];
}

/**
 * The states of one lambda in one node: one per group, made when first asked for, and one per lambda nested in it
 * (through a variable), which all groups share, as in 1.5.4.
 */
export class LambdaStates {
  private readonly groups: (FunctionState | undefined)[] = [];
  readonly shared: readonly FunctionState[];

  constructor(nestedLambdas: number) {
    this.shared = Array.from({ length: nestedLambdas }, newFunctionState);
  }

  of(group: number): FunctionState {
    return (this.groups[group] ??= newFunctionState());
  }

  /** The group is gone; should it come back, it starts anew. */
  drop(group: number): void {
    this.groups[group] = undefined;
  }

  snapshot(): StatesSnapshot {
    const groups: Record<string, FunctionSnapshot> = {};
    this.groups.forEach((state, group) => {
      if (state !== undefined) groups[group] = snapshotOf(state);
    });
    return { groups, shared: this.shared.map(snapshotOf) };
  }

  restore(snapshot: StatesSnapshot): void {
    this.groups.length = 0;
    for (const [group, state] of Object.entries(snapshot.groups)) this.groups[Number(group)] = stateFrom(state);
    snapshot.shared.forEach((state, index) => {
      const target = this.shared[index];
      if (target !== undefined) Object.assign(target, stateFrom(state));
    });
  }
}

export function newFunctionState(): FunctionState {
  return { count: 0, sigma: { mean: 0, m2: 0, n: 0 }, spread: { min: Infinity, max: -Infinity } };
}

function snapshotOf(state: FunctionState): FunctionSnapshot {
  const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
  return {
    count: state.count,
    sigma: { ...state.sigma },
    spread: { min: finite(state.spread.min), max: finite(state.spread.max) },
  };
}

function stateFrom(snapshot: FunctionSnapshot): FunctionState {
  return {
    count: snapshot.count,
    sigma: { ...snapshot.sigma },
    spread: { min: snapshot.spread.min ?? Infinity, max: snapshot.spread.max ?? -Infinity },
  };
}
