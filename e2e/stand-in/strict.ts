/** What is not modelled throws with its name, so that a test never passes on silence. */
export function strict<T extends object>(name: string, object: T): T {
  return new Proxy(object, {
    get(target, key) {
      // `then` is asked of everything that is awaited; asking is not using.
      if (typeof key === 'string' && key !== 'then' && !(key in target)) unmodelled(`${name}.${key}`);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && !isClass(value) ? value.bind(target) : value;
    },
  });
}

export function unmodelled(name: string): never {
  process.send?.({ kind: 'unmodelled', name });
  throw new Error(`stand-in: ${name} is not modelled`);
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class');
}
