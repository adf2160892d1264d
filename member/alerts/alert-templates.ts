/**
 * The three templates of an alert node: id and message are plain, details are escaped as a page. Compile them once
 * per node; render the id for the first point of a group, message and details only for an event.
 */
import { ok, type Result } from '../base/result.ts';
import type { DataValue, Level } from './publication.ts';
import { compileTemplate, detailsJson, renderTemplate, type Template } from './template/template.ts';
import { anyMap, GoDuration, goStruct, GoTime, stringMap, type GoStruct } from './template/value.ts';

export interface ServerInfo {
  readonly hostname: string;
  readonly clusterId: string;
  readonly serverId: string;
}

/** What an id is rendered from. */
export interface IdFacts {
  /** Measurement. */
  readonly name: string;
  readonly taskName: string;
  /** Group tags as text; empty when the data is not grouped, which templates see as `nil`. */
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly server: ServerInfo;
}

/** What message and details are rendered from, beside the id's facts. */
export interface MessageFacts extends IdFacts {
  readonly id: string;
  readonly fields: Readonly<Record<string, DataValue>>;
  readonly level: Level;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
}

export interface AlertTemplates {
  readonly id: (facts: IdFacts) => Result<string, string>;
  /** Message and details; an error is Go's text, such as `template: message:1:3: executing …`. */
  readonly messageAndDetails: (facts: MessageFacts) => Result<{ readonly message: string; readonly details: string }, string>;
}

const detailsFunctions = new Map([['json', detailsJson]]);

/** Compiles the templates in the order of 1.5.4; an error is Go's text, such as `template: id:1: unclosed action`. */
export function compileAlertTemplates(texts: {
  readonly id: string;
  readonly message: string;
  readonly details: string;
}): Result<AlertTemplates, string> {
  const id = compileTemplate(texts.id, { name: 'id', html: false });
  if (!id.ok) return id;
  const message = compileTemplate(texts.message, { name: 'message', html: false });
  if (!message.ok) return message;
  const details = compileTemplate(texts.details, { name: 'details', html: true, functions: detailsFunctions });
  if (!details.ok) return details;
  return ok({
    id: (facts) => renderTemplate(id.value, idInfo(facts)),
    messageAndDetails: (facts) => renderBoth(message.value, details.value, facts),
  });
}

function renderBoth(
  message: Template,
  details: Template,
  facts: MessageFacts,
): Result<{ readonly message: string; readonly details: string }, string> {
  const info = messageInfo(facts);
  const rendered = renderTemplate(message, info);
  if (!rendered.ok) return rendered;
  const page = renderTemplate(details, goStruct('kapacitor.detailsInfo', { messageInfo: info, Message: rendered.value }));
  return page.ok ? ok({ message: rendered.value, details: page.value }) : page;
}

function idInfo({ name, taskName, group, tags, server }: IdFacts): GoStruct {
  const { hostname: Hostname, clusterId: ClusterID, serverId: ServerID } = server;
  const ServerInfo = goStruct('kapacitor.serverInfo', { Hostname, ClusterID, ServerID });
  return goStruct('kapacitor.idInfo', {
    Name: name,
    TaskName: taskName,
    Group: group === '' ? 'nil' : group,
    Tags: stringMap(tags),
    ServerInfo,
  });
}

function messageInfo(facts: MessageFacts): GoStruct {
  return goStruct('kapacitor.messageInfo', {
    idInfo: idInfo(facts),
    ID: facts.id,
    Fields: anyMap(facts.fields),
    Level: facts.level,
    Time: new GoTime(facts.timeNs),
    Duration: new GoDuration(facts.durationNs),
  });
}
