/**
 * `[load]`: templates, tasks and handlers from the files of a folder, made or changed as by the API, and removed when
 * their files are gone (`TaskApi` and `TopicApi` do the work). The first file that cannot be loaded ends a load with its
 * name and the API's text, and nothing is removed then; when the member starts, so does that end the start. Texts are
 * those of 1.5.4.
 *
 * Unlike the original it removes handlers of every topic, forgets what it has removed, and takes a folder that is
 * missing as a whole for a mishap, not for the wish to remove everything. A handler of a cluster whose owners are not
 * all alive is tried again until they are.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HandlerSpec } from '../../alerts/event.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { JsonValue, StoreWrite } from '../../base/store.ts';
import { handlerDefinition, taskDefinition, type LoadedHandler } from '../../tasks/load/definition.ts';
import { filesToLoad, loadFolders, type LoadedFile, type LoadFolder } from '../../tasks/load/loaded-file.ts';
import { itemKey, itemOfRow, loadTable, rowOfItem, type LoadedItem } from '../../tasks/load/loaded-items.ts';
import type { WireObject } from '../../tasks/wire-value.ts';
import type { TaskApi } from '../http/routes/tasks.ts';
import { createTopicHandler, replaceTopicHandler, type TopicApi } from '../http/routes/topics.ts';
import type { Logger } from '../log/log.ts';
import type { DurableStore } from '../store/lmdb-store.ts';
import { readDocument } from './read-document.ts';

export interface LoadOptions {
  /** Absolute. */
  readonly dir: string;
  readonly tasks: Omit<TaskApi, 'view'>;
  readonly topics: Pick<TopicApi, 'handlers' | 'prepareHandler'>;
  readonly store: Pick<DurableStore, 'rows' | 'commit'>;
  readonly logger: Logger;
  readonly retryMs?: number;
}

type Done = Result<void, string>;

const done: Done = ok(undefined);
const defaultRetryMs = 5_000;

export class LoadService {
  private readonly options: LoadOptions;
  private readonly items = new Map<string, LoadedItem>();
  /** Of the load under way: what its files define. */
  private seen = new Set<string>();
  /** Changes of handlers that wait for owners, by the handler's key. */
  private readonly waiting = new Map<string, () => Promise<Done>>();
  private retry: NodeJS.Timeout | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  private errors = 0;

  constructor(options: LoadOptions) {
    this.options = options;
    for (const [key, row] of options.store.rows(loadTable)) {
      const item = itemOfRow(row);
      if (item === undefined) options.logger.error('a row of the store cannot be read and is left alone', ['row', key]);
      else this.items.set(itemKey(item), item);
    }
  }

  /** Loads that failed. */
  get errorCount(): number {
    return this.errors;
  }

  /** Resolves when everything is loaded, or with the text of the first failure. One load at a time. */
  load(): Promise<Done> {
    const loaded = this.queue.then(() => this.loadNow());
    this.queue = loaded.catch(() => undefined);
    return loaded;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retry);
    await this.queue;
  }

  private async loadNow(): Promise<Done> {
    const { logger } = this.options;
    this.seen = new Set();
    this.waiting.clear();
    const names = listFolder(this.options.dir);
    if (names === undefined) {
      logger.info('skipping load: the folder does not exist, what was loaded before stays', ['dir', this.options.dir]);
      return done;
    }
    const loaded = names.ok ? await this.loadFolders() : names;
    if (!loaded.ok) return this.failed('failed to load new files', loaded.error);
    const removed = await this.removeMissing();
    return removed.ok ? removed : this.failed('failed to remove missing', removed.error);
  }

  private failed(message: string, error: string): Done {
    this.errors++;
    this.options.logger.error(message, ['err', error]);
    return err(error);
  }

  private async loadFolders(): Promise<Done> {
    for (const folder of loadFolders) {
      this.options.logger.debug(`loading ${folder}`);
      const loaded = await this.loadFolder(folder);
      if (!loaded.ok) return folder === 'tasks' ? err(`failed to load tasks: ${loaded.error}`) : loaded;
    }
    return done;
  }

  private async loadFolder(folder: LoadFolder): Promise<Done> {
    const names = listFolder(join(this.options.dir, folder));
    if (names === undefined) return done;
    if (!names.ok) return names;
    for (const file of filesToLoad(folder, names.value)) {
      const path = join(this.options.dir, folder, file.name);
      this.options.logger.debug('loading object from file', ['object', objectOf(file)], ['file', path]);
      const loaded = await this.loadFile(file, path);
      if (!loaded.ok) return err(`failed to load file ${path}: ${loaded.error}`);
    }
    return done;
  }

  private async loadFile(file: LoadedFile, path: string): Promise<Done> {
    const text = readText(path);
    if (!text.ok) return text;
    if (file.folder !== 'handlers' && file.id === '') return err('the file has no name before its extension');
    if (file.folder === 'templates') return this.loadTemplate(file.id, text.value);
    if (file.format === 'tick') return this.loadTask(file.id, { script: text.value });
    const document = readDocument(file.format, text.value);
    const unreadable = (error: string): Done =>
      err(`failed to unmarshal ${file.format} task vars file ${JSON.stringify(path)}: ${error}`);
    if (!document.ok) return unreadable(document.error);
    if (file.folder === 'tasks') {
      const body = taskDefinition(document.value);
      return body.ok ? this.loadTask(file.id, body.value) : unreadable(body.error);
    }
    const handler = handlerDefinition(document.value);
    return handler.ok ? this.loadHandler(handler.value) : unreadable(handler.error);
  }

  private async loadTemplate(id: string, script: string): Promise<Done> {
    const { tasks } = this.options;
    const isKnown = tasks.catalog().templates.has(id);
    const made = await (isKnown ? tasks.patchTemplate(id, { script }) : tasks.createTemplate({ id, script }));
    if (!made.ok) return err(`failed to create template: ${made.error.message}`);
    return this.loaded({ folder: 'templates', topic: '', id });
  }

  /** A task that is there already is changed and started anew. */
  private async loadTask(id: string, body: WireObject): Promise<Done> {
    const { tasks } = this.options;
    if (!tasks.catalog().tasks.has(id)) {
      const made = await tasks.createTask({ ...body, id, status: 'enabled' });
      if (!made.ok) return err(`failed to create task: ${made.error.message}`);
    } else {
      const changed = await tasks.patchTask(id, body);
      if (!changed.ok) return err(`failed to create task: ${changed.error.message}`);
      for (const status of ['disabled', 'enabled']) {
        const switched = await tasks.patchTask(id, { status });
        if (!switched.ok) return err(switched.error.message);
      }
    }
    return this.loaded({ folder: 'tasks', topic: '', id });
  }

  private async loadHandler(handler: LoadedHandler): Promise<Done> {
    const item: LoadedItem = { folder: 'handlers', topic: handler.topic, id: handler.id };
    const made = await this.orLater(itemKey(item), () => this.setHandler(handler));
    return made.ok ? this.loaded(item) : made;
  }

  private async setHandler({ topic, id, body }: LoadedHandler): Promise<Done> {
    const { topics } = this.options;
    const held = topics.handlers.get(topic, id);
    // A definition that says the same is no change: it would ask all owners for nothing.
    if (held !== undefined && isSame(held, body)) return done;
    const made =
      held === undefined
        ? await createTopicHandler(topic, body, topics)
        : await replaceTopicHandler({ topic, id }, body, topics);
    return made.ok ? done : err(made.error.message);
  }

  private async loaded(item: LoadedItem): Promise<Done> {
    const key = itemKey(item);
    this.seen.add(key);
    if (this.items.has(key)) return done;
    this.items.set(key, item);
    return this.commit([{ table: loadTable, key, value: rowOfItem(item) }]);
  }

  private commit(writes: readonly StoreWrite[]): Promise<Done> {
    return this.options.store.commit({ durability: 'sync', writes });
  }

  /** Tasks go before their templates, as in 1.5.4. */
  private async removeMissing(): Promise<Done> {
    for (const folder of ['tasks', 'templates', 'handlers'] as const) {
      for (const [key, item] of this.items) {
        if (item.folder !== folder || this.seen.has(key)) continue;
        const removed = await this.orLater(key, () => this.remove(key, item));
        if (!removed.ok) return removed;
      }
    }
    return done;
  }

  private async remove(key: string, { folder, topic, id }: LoadedItem): Promise<Done> {
    const { tasks, topics } = this.options;
    const removed = await (folder === 'tasks'
      ? tasks.deleteTask(id)
      : folder === 'templates'
        ? tasks.deleteTemplate(id)
        : topics.handlers.delete(topic, id));
    if (!removed.ok) return err(removed.error.message);
    this.items.delete(key);
    return this.commit([{ table: loadTable, key, value: null }]);
  }

  /** As the work ends; but what only waits for owners counts as done, and is tried again. */
  private async orLater(key: string, work: () => Promise<Done>): Promise<Done> {
    const result = await work();
    if (result.ok || !waitsForOwners(result.error)) return result;
    this.options.logger.info('will be tried again', ['what', key], ['err', result.error]);
    this.waiting.set(key, work);
    this.scheduleRetry();
    return done;
  }

  private scheduleRetry(): void {
    if (this.isClosed || this.retry !== undefined) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.queue = this.queue.then(() => this.tryAgain());
    }, this.options.retryMs ?? defaultRetryMs);
  }

  private async tryAgain(): Promise<void> {
    for (const [key, work] of this.waiting) {
      if (this.isClosed) return;
      const result = await work();
      if (!result.ok && waitsForOwners(result.error)) continue;
      this.waiting.delete(key);
      if (result.ok) this.options.logger.info('done after waiting for owners', ['what', key]);
      else this.failed('failed to load new files', result.error);
    }
    if (this.waiting.size > 0) this.scheduleRetry();
  }
}

/** D24: what a change of a handler is refused with while an owner is silent. */
function waitsForOwners(error: string): boolean {
  return error.includes('could not verify liveness of topic owners');
}

/** As 1.5.4 calls them in its log. */
function objectOf({ folder, content }: LoadedFile): string {
  if (folder === 'tasks') return content === 'script' ? 'task' : 'template task';
  return folder === 'templates' ? 'template' : 'handler';
}

/** Names of the files in a folder; undefined when there is no such folder. */
function listFolder(dir: string): Result<readonly string[], string> | undefined {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return ok(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
  } catch (error) {
    return isMissing(error) ? undefined : err(`open ${dir}: ${messageOf(error)}`);
  }
}

function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (error) {
    return err(`failed to open file ${path}: ${messageOf(error)}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isSame(held: HandlerSpec, body: WireObject): boolean {
  return held.kind === body['kind'] && held.match === body['match'] && textOf(held.options) === textOf(body['options']);
}

/** The same text for the same value, whatever the order of its members. */
function textOf(value: JsonValue | WireObject[string] | undefined): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return Number(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
