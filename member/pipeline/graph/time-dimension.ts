import type {
  Call,
  CallOutcome,
  GlobalFunction,
  ObjectDefinition,
  ScriptObject,
} from '../../tick/evaluate/describe.ts';

const timeDimensionDefinition: ObjectDefinition<TimeDimension> = {
  goType: 'kapacitor.TimeDimension',
  properties: {},
  chainMethods: {},
};

/** What `time(10s)` and `time(10s, 2s)` stand for among the dimensions of a query; nanoseconds. */
export class TimeDimension implements ScriptObject {
  readonly definition = timeDimensionDefinition;
  readonly intervalNs: bigint;
  readonly offsetNs: bigint;

  constructor(intervalNs: bigint, offsetNs: bigint) {
    this.intervalNs = intervalNs;
    this.offsetNs = offsetNs;
  }
}

export const timeFunction: GlobalFunction = { args: ['duration'], rest: 'duration', apply: timeDimension };

function timeDimension(args: readonly unknown[], call: Call): CallOutcome {
  // Evaluation has checked that they are durations.
  const [interval = 0n, offset = 0n] = args.filter((value) => typeof value === 'bigint');
  if (args.length > 2) return call.fail(`time() function expects 1 or 2 args, got ${args.length}`);
  return new TimeDimension(interval, offset);
}
