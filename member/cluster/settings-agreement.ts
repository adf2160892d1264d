import type { MemberRecord } from './member-record.ts';

export interface AgreedSettings {
  /** 0 means every member. */
  readonly redundancy: number;
  readonly delayPerMemberMs: number;
}

export interface SettingsMismatch {
  readonly setting: 'redundancy' | 'delay-per-member';
  /** Value by member ID. */
  readonly values: Readonly<Record<string, number>>;
}

/** D6: the largest value wins everywhere. A redundancy of 0 is the largest, since it makes every member an owner. */
export function agreeOnSettings(members: readonly MemberRecord[]): AgreedSettings {
  const isEveryMember = members.some((member) => member.redundancy === 0);
  return {
    redundancy: isEveryMember ? 0 : Math.max(0, ...members.map((member) => member.redundancy)),
    delayPerMemberMs: Math.max(0, ...members.map((member) => member.delayPerMemberMs)),
  };
}

export function findSettingsMismatches(members: readonly MemberRecord[]): readonly SettingsMismatch[] {
  const mismatches: SettingsMismatch[] = [];
  const compare = (setting: SettingsMismatch['setting'], valueOf: (member: MemberRecord) => number): void => {
    const values = Object.fromEntries(members.map((member) => [member.id, valueOf(member)]));
    if (new Set(Object.values(values)).size > 1) mismatches.push({ setting, values });
  };
  compare('redundancy', (member) => member.redundancy);
  compare('delay-per-member', (member) => member.delayPerMemberMs);
  return mismatches;
}
