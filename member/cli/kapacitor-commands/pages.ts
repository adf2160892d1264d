import type { CommandContext } from '../client/context.ts';
import { objectOf, objectsOf, type JsonObject } from '../client/shape.ts';

const pageSize = 100;

/** All objects of a list route that match a pattern, fetched by the hundred. */
export async function allOf(
  context: CommandContext,
  kind: 'tasks' | 'templates' | 'recordings' | 'replays',
  pattern: string,
  fields: readonly string[] = [],
): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  for (;;) {
    const query = {
      pattern,
      offset: String(all.length),
      limit: String(pageSize),
      ...(fields.length > 0 ? { fields } : {}),
    };
    const page = objectsOf(objectOf(await context.connection.json('GET', `/${kind}`, { query }))[kind]);
    all.push(...page);
    if (page.length < pageSize) return all;
  }
}

/** Topics that match a pattern. */
export async function topicsOf(context: CommandContext, pattern: string): Promise<readonly JsonObject[]> {
  return objectsOf(
    objectOf(await context.connection.json('GET', '/alerts/topics', { query: { pattern, 'min-level': 'OK' } }))[
      'topics'
    ],
  );
}

export async function handlersOf(
  context: CommandContext,
  topic: string,
  pattern: string,
): Promise<readonly JsonObject[]> {
  const path = `/alerts/topics/${encodeURIComponent(topic)}/handlers`;
  return objectsOf(objectOf(await context.connection.json('GET', path, { query: { pattern } }))['handlers']);
}
