/**
 * Records whose names come from data. Of a plain object some names mean more than themselves: an assignment to
 * `__proto__` is lost, and a name that is not there may be found in what every object has, as `constructor` is.
 */

/** Sets a member, whatever its name. */
export function setOwn<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
  else record[name] = value;
}

/** The record's own member of that name. */
export function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
