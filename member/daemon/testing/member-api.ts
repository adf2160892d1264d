/** The HTTP API of a member, asked as a test asks: what is refused is an error that says what was asked and answered. */
import { until } from '../../shell/testing/until.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export class MemberApi {
  /** Ends with `/kapacitor/v1`. */
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Any answer will do: for tests of refusals. An object is sent as JSON. */
  async ask(method: string, path: string, body?: object | string): Promise<Answer> {
    const payload = typeof body === 'object' ? JSON.stringify(body) : body;
    const response = await fetch(this.url + path, { method, ...(payload === undefined ? {} : { body: payload }) });
    return { status: response.status, text: await response.text() };
  }

  /** `T` is what the test counts on; nothing checks it. */
  async get<T extends object = JsonObject>(path: string): Promise<T> {
    return JSON.parse(await this.#granted('GET', path)) as T;
  }

  /** Of any answer to a GET: what a task puts out is asked for before the task has begun. */
  async text(path: string): Promise<string> {
    return (await this.ask('GET', path)).text;
  }

  /** The text of a GET, once it matches. */
  shows(path: string, pattern: RegExp): Promise<string> {
    return until(
      () => this.text(path),
      (text) => pattern.test(text),
    );
  }

  /** A recording or replay, once it no longer runs. */
  ended(path: string): Promise<JsonObject> {
    return until(
      () => this.get(path),
      ({ status }) => status !== 'running',
    );
  }

  async post(path: string, body?: object): Promise<void> {
    await this.#granted('POST', path, body);
  }

  async patch(path: string, body: object): Promise<void> {
    await this.#granted('PATCH', path, body);
  }

  async delete(path: string): Promise<void> {
    await this.#granted('DELETE', path);
  }

  /** Creates a task: on database d, retention policy r, and enabled, unless it says otherwise. */
  async define(task: { readonly id: string; readonly script: string } & JsonObject): Promise<void> {
    await this.#granted('POST', '/tasks', { dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled', ...task }, 200);
  }

  /** Line protocol, to database d, retention policy r, unless `parameters` say otherwise. */
  async write(lines: string, parameters: Readonly<Record<string, string>> = {}): Promise<void> {
    const query = new URLSearchParams({ db: 'd', rp: 'r', ...parameters }).toString();
    await this.#granted('POST', `/write?${query}`, lines, 204);
  }

  /** Without a `wanted` status any of success will do. */
  async #granted(method: string, path: string, body?: object | string, wanted?: number): Promise<string> {
    const { status, text } = await this.ask(method, path, body);
    const isGranted = wanted === undefined ? status >= 200 && status < 300 : status === wanted;
    if (!isGranted) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text;
  }
}
