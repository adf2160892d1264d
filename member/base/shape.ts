/** Checks of values of unknown shape: null when the value fits, else the place and what is allowed there. */
export type Check = (value: unknown, at: string) => string | null;

export const text: Check = (value, at) => (typeof value === 'string' ? null : `${at}: expected text`);

export const flag: Check = (value, at) => (typeof value === 'boolean' ? null : `${at}: expected true or false`);

export function matching(isAllowed: (value: string) => boolean, allowed: string): Check {
  return (value, at) => (typeof value === 'string' && isAllowed(value) ? null : `${at}: expected ${allowed}`);
}

export function integer(min: number, max: number): Check {
  return (value, at) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? null
      : `${at}: expected an integer from ${min} to ${max}`;
}

export function words(...allowed: readonly string[]): Check {
  return matching((value) => allowed.includes(value), `one of ${allowed.join(', ')}`);
}

export function nullable(check: Check): Check {
  return (value, at) => (value === null ? null : check(value, at));
}

export function list(check: Check, limit = Infinity): Check {
  const allowed = limit === Infinity ? 'a list' : `a list of at most ${limit}`;
  return (value, at) => {
    if (!Array.isArray(value) || value.length > limit) return `${at}: expected ${allowed}`;
    for (let i = 0; i < value.length; i++) {
      const problem = check(value[i], `${at}[${i}]`);
      if (problem !== null) return problem;
    }
    return null;
  };
}

/** An object of any names whose values all pass. */
export function record(check: Check): Check {
  return (value, at) => {
    if (!isObject(value)) return `${at}: expected an object`;
    for (const [name, entry] of Object.entries(value)) {
      const problem = check(entry, `${at}.${name}`);
      if (problem !== null) return problem;
    }
    return null;
  };
}

/** Properties beyond the named ones are allowed: a newer member may say more. */
export function shape(checks: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    if (!isObject(value)) return `${at}: expected an object`;
    for (const [name, check] of Object.entries(checks)) {
      const problem = check(value[name], `${at}.${name}`);
      if (problem !== null) return problem;
    }
    return null;
  };
}

/** The check that the property `tag` names. */
export function oneOf(kinds: Readonly<Record<string, Check>>, tag = 'kind'): Check {
  return (value, at) => {
    const kind = isObject(value) ? value[tag] : undefined;
    const check = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    return check === undefined ? `${at}.${tag}: expected one of ${Object.keys(kinds).join(', ')}` : check(value, at);
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
