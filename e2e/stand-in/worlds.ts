/**
 * Scripts for the two worlds of a page, as text: the preload's isolated world, with `ipcRenderer` and `contextBridge`
 * for it, and the page's own world, where what was exposed appears. They meet in DOM events only; the browser copies
 * what an event carries from one world to the other.
 */

export const preloadWorld = 'stand-in preload';
/** The function by which the preload's world reaches the main process; exists in that world alone. */
export const bindingName = '__standInToMain';

/** Runs in the isolated world, before anything of the page. */
export function preloadScript(source: string): string {
  return `(() => {
  const listeners = new Map();
  const strict = (name, object) => new Proxy(object, { get(target, key) {
    if (typeof key === 'string' && !(key in target)) throw new Error('stand-in: ' + name + '.' + key + ' is not modelled');
    return target[key];
  } });
  globalThis.__standInFromMain = (channel, args) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, ...JSON.parse(args));
  };
  const ipcRenderer = strict('ipcRenderer', {
    send(channel, ...args) {
      for (const arg of args) if (typeof arg !== 'string') throw new Error('stand-in: only texts are modelled as arguments of ipcRenderer.send');
      globalThis.${bindingName}(JSON.stringify({ channel, args }));
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    },
  });
  const functions = new Map();
  let nextId = 1;
  const dispatch = (type, detail) => document.dispatchEvent(new CustomEvent('stand-in:' + type, { detail }));
  const lend = (value) => {
    if (typeof value === 'function') { const id = nextId++; functions.set(id, value); return { lent: 'function', id }; }
    if (value instanceof Promise) {
      const id = nextId++;
      value.then((settled) => dispatch('settled', { id, value: settled }), (error) => dispatch('settled', { id, error: String(error?.message ?? error) }));
      return { lent: 'promise', id };
    }
    return { value };
  };
  const borrow = (argument) => argument.lent === undefined ? argument.value : (...args) => dispatch('callback', { id: argument.id, args });
  document.addEventListener('stand-in:call', ({ detail }) => {
    try {
      dispatch('returned', lend(functions.get(detail.id)(...detail.args.map(borrow))));
    } catch (error) {
      dispatch('returned', { error: String(error?.message ?? error) });
    }
  });
  const contextBridge = strict('contextBridge', {
    exposeInMainWorld(name, api) {
      const entries = Object.entries(api).map(([key, value]) => {
        if (typeof value !== 'function') throw new Error('stand-in: only functions are modelled in what contextBridge exposes');
        return [key, lend(value).id];
      });
      dispatch('expose', { name, entries });
    },
  });
  const require = (name) => {
    if (name !== 'electron') throw new Error('stand-in: a sandboxed preload cannot require ' + name);
    return strict('electron', { contextBridge, ipcRenderer });
  };
  const module = { exports: {} };
  ((require, module, exports) => {
${source}
  })(require, module, module.exports);
})();`;
}

/** Runs in the page's world, before the page's own scripts. */
export const pageScript = `(() => {
  const callbacks = new Map();
  const promises = new Map();
  let nextId = 1;
  let returned;
  const dispatch = (type, detail) => document.dispatchEvent(new CustomEvent('stand-in:' + type, { detail }));
  document.addEventListener('stand-in:returned', ({ detail }) => { returned = detail; });
  document.addEventListener('stand-in:callback', ({ detail }) => callbacks.get(detail.id)?.(...detail.args));
  document.addEventListener('stand-in:settled', ({ detail }) => {
    const promise = promises.get(detail.id);
    promises.delete(detail.id);
    if (detail.error === undefined) promise?.resolve(detail.value); else promise?.reject(new Error(detail.error));
  });
  const lend = (value) => {
    if (typeof value !== 'function') return { value };
    const id = nextId++;
    callbacks.set(id, value);
    return { lent: 'function', id };
  };
  const take = (result) => {
    if (result.error !== undefined) throw new Error(result.error);
    if (result.lent === 'function') return caller(result.id);
    if (result.lent === 'promise') return new Promise((resolve, reject) => promises.set(result.id, { resolve, reject }));
    return result.value;
  };
  const caller = (id) => (...args) => { dispatch('call', { id, args: args.map(lend) }); return take(returned); };
  document.addEventListener('stand-in:expose', ({ detail }) => {
    const api = Object.freeze(Object.fromEntries(detail.entries.map(([key, id]) => [key, caller(id)])));
    Object.defineProperty(window, detail.name, { value: api, writable: false, configurable: false, enumerable: true });
  });
})();`;
