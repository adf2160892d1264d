/**
 * Reads the members' JSON without trusting it: a missing or odd value becomes the type's empty value, because a
 * command line that lists should show what is there and not fail on what another version left out.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOf(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

export function numberOf(object: JsonObject, key: string): number {
  const value = object[key];
  return typeof value === 'number' ? value : 0;
}

/** `href` of an object's link, the path of its own resource. */
export function selfOf(object: JsonObject): string {
  return textOf(objectOf(object['link']), 'href').replace(/^\/kapacitor\/v1(?:preview)?/, '');
}
