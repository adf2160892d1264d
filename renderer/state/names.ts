import type { LabMember } from '../../electron/contract/state.ts';

/** The lab's name of a member, given its name or its member ID; the text itself when it is neither. */
export function nameOf(members: readonly LabMember[], nameOrId: string): string {
  const known = members.find((member) => member.id === nameOrId || member.name === nameOrId);
  return known?.name ?? nameOrId;
}

export function memberOf(members: readonly LabMember[], nameOrId: string): LabMember | undefined {
  return members.find((member) => member.id === nameOrId || member.name === nameOrId);
}

/** First block of a UUID, as the status bar shows it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
