/** The sample tasks and handlers a lab defines at its start. What is there already stays as the user left it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { err, ok, type Result } from '../../member/base/result.ts';
import type { HandlerDefinition, MemberClient, TaskDefinition } from './member-client.ts';

const samplesFile = z.strictObject({
  tasks: z.array(
    z.strictObject({
      id: z.string(),
      script: z.string(),
      dbrps: z.array(z.strictObject({ db: z.string(), rp: z.string() })),
      enabled: z.boolean(),
      vars: z.record(z.string(), z.strictObject({ type: z.string(), value: z.string() })).optional(),
    }),
  ),
  handlers: z.array(
    z.strictObject({ topic: z.string(), id: z.string(), kind: z.string(), options: z.record(z.string(), z.string()) }),
  ),
});

export interface Samples {
  readonly tasks: readonly TaskDefinition[];
  readonly handlers: readonly (HandlerDefinition & { readonly topic: string })[];
}

/** `inbox` is the base URL that handlers post to. */
export async function readSamples(resources: string, inbox: string): Promise<Samples> {
  const folder = join(resources, 'samples');
  const file = samplesFile.parse(parse(await readFile(join(folder, 'samples.yml'), 'utf8')));
  const filled = (text: string): string => text.replaceAll('{inbox}', inbox);
  const tasks = file.tasks.map(async ({ id, script, dbrps, enabled, vars }): Promise<TaskDefinition> => ({
    id,
    type: 'stream',
    dbrps,
    script: await readFile(join(folder, script), 'utf8'),
    status: enabled ? 'enabled' : 'disabled',
    ...(vars === undefined ? {} : { vars: mapValues(vars, (one) => ({ ...one, value: filled(one.value) })) }),
  }));
  const handlers = file.handlers.map((handler) => ({ ...handler, options: mapValues(handler.options, filled) }));
  return { tasks: await Promise.all(tasks), handlers };
}

/** Tasks are local to a member; each gets them. */
export async function defineTasks(samples: Samples, client: MemberClient): Promise<Result<void, string>> {
  for (const task of samples.tasks) {
    const defined = await client.defineMissingTask(task);
    if (!defined.ok) return err(defined.error);
  }
  return ok(undefined);
}

/** Handlers are the cluster's: one member is told. */
export async function defineHandlers(samples: Samples, client: MemberClient): Promise<Result<void, string>> {
  for (const { topic, ...handler } of samples.handlers) {
    const defined = await client.setHandler(topic, handler);
    if (!defined.ok) return err(defined.error);
  }
  return ok(undefined);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
