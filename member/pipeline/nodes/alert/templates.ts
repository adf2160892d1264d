import { ok } from '../../../base/result.ts';
import type { Result } from '../../../base/result.ts';
import type { Level } from '../../../alerts/publication.ts';
import { compileTemplate, detailsJson, renderTemplate } from '../../../alerts/template/template.ts';
import type { Template } from '../../../alerts/template/template.ts';
import { anyMap, GoDuration, goStruct, GoTime, stringMap } from '../../../alerts/template/value.ts';
import type { GoStruct, TemplateValue } from '../../../alerts/template/value.ts';
import type { PipelineEnvironment } from '../../environment.ts';
import type { AlertNode } from './alert.ts';

/** What names an event: the data of the id template. */
export interface EventSubject {
  readonly name: string;
  /** The group's text; empty when points are not grouped, which templates show as `nil`. */
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface EventOccurrence {
  readonly id: string;
  readonly fields: Readonly<Record<string, TemplateValue>>;
  readonly level: Level;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
}

/** The three templates of an alert node. */
export class AlertTemplates {
  private readonly id: Template;
  private readonly message: Template;
  private readonly details: Template;
  private readonly taskId: string;
  private readonly serverInfo: GoStruct;

  private constructor(templates: readonly [Template, Template, Template], environment: PipelineEnvironment) {
    [this.id, this.message, this.details] = templates;
    this.taskId = environment.taskId;
    const { hostname, clusterId, serverId } = environment.server;
    this.serverInfo = goStruct('kapacitor.serverInfo', {
      Hostname: hostname,
      ClusterID: clusterId,
      ServerID: serverId,
    });
  }

  static parse(node: AlertNode, environment: PipelineEnvironment): Result<AlertTemplates, string> {
    const id = compileTemplate(node.messageId, { name: 'id', html: false });
    if (!id.ok) return id;
    const message = compileTemplate(node.message, { name: 'message', html: false });
    if (!message.ok) return message;
    const details = compileTemplate(node.details, {
      name: 'details',
      html: true,
      functions: new Map([['json', detailsJson]]),
    });
    if (!details.ok) return details;
    return ok(new AlertTemplates([id.value, message.value, details.value], environment));
  }

  renderId(subject: EventSubject): Result<string, string> {
    return renderTemplate(this.id, this.idInfo(subject));
  }

  renderTexts(
    subject: EventSubject,
    occurrence: EventOccurrence,
  ): Result<{ message: string; details: string }, string> {
    const messageInfo = goStruct('kapacitor.messageInfo', {
      idInfo: this.idInfo(subject),
      ID: occurrence.id,
      Fields: anyMap(occurrence.fields),
      Level: occurrence.level,
      Time: new GoTime(occurrence.timeNs),
      Duration: new GoDuration(occurrence.durationNs),
    });
    const message = renderTemplate(this.message, messageInfo);
    if (!message.ok) return message;
    const details = renderTemplate(
      this.details,
      goStruct('kapacitor.detailsInfo', { messageInfo, Message: message.value }),
    );
    return details.ok ? ok({ message: message.value, details: details.value }) : details;
  }

  private idInfo({ name, group, tags }: EventSubject): GoStruct {
    return goStruct('kapacitor.idInfo', {
      Name: name,
      TaskName: this.taskId,
      Group: group === '' ? 'nil' : group,
      Tags: stringMap(tags),
      ServerInfo: this.serverInfo,
    });
  }
}
