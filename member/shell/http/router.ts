/** Routes by method: an exact path, or the longest prefix for patterns that end in `/` (http-api.md, routing). */
import type { Handler } from './exchange.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS';

export const methods: readonly Method[] = ['PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'GET', 'POST'];

export interface Route {
  readonly method: Method;
  /** The whole path. */
  readonly pattern: string;
  readonly handle: Handler;
  /** Not asked for credentials while `pprof-enabled` is on. */
  readonly isDebug?: boolean;
  /** Answers in its own encoding: never gzipped. */
  readonly isPlain?: boolean;
}

export interface Router {
  find(method: string, path: string): Route | undefined;
  /** Path to methods, for `/:routes`. */
  list(): ReadonlyMap<string, readonly string[]>;
}

export function createRouter(routes: readonly Route[]): Router {
  const tables = new Map<string, { exact: Map<string, Route>; prefixes: Route[] }>();
  for (const route of routes) {
    let table = tables.get(route.method);
    if (table === undefined) {
      table = { exact: new Map(), prefixes: [] };
      tables.set(route.method, table);
    }
    table.exact.set(route.pattern, route);
    if (route.pattern.endsWith('/')) table.prefixes.push(route);
  }
  for (const { prefixes } of tables.values()) prefixes.sort((a, b) => b.pattern.length - a.pattern.length);

  return {
    find(method, path) {
      const table = tables.get(method);
      if (table === undefined) return undefined;
      return table.exact.get(path) ?? table.prefixes.find((route) => path.startsWith(route.pattern));
    },
    list() {
      const listed = new Map<string, string[]>();
      for (const route of routes) {
        const known = listed.get(route.pattern);
        if (known === undefined) listed.set(route.pattern, [route.method]);
        else known.push(route.method);
      }
      return listed;
    },
  };
}
