/** `--set member.key=value`: one key of one member's kapacitor.conf, `all` standing for every member. */
import { z } from 'zod';
import { err, ok, type Result } from '../../member/base/result.ts';

export type SettingValue = string | number | boolean | string[];

export const memberSetting = z.object({
  /** Name of a member, or `all`. */
  member: z.string(),
  /** `hostname`, `alert.redundancy`, `influxdb.0.timeout`: the path of the key. */
  key: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
});

export type MemberSetting = z.infer<typeof memberSetting>;

export function parseMemberSetting(text: string): Result<MemberSetting, string> {
  const match = /^([a-z0-9-]+)\.([A-Za-z0-9_.-]+)=(.*)$/s.exec(text);
  if (match === null) {
    return err(
      `--set ${text}: write MEMBER.KEY=VALUE, as in kapacitor-2.alert.redundancy=1 or all.logging.level=DEBUG`,
    );
  }
  const [, member = '', key = '', value = ''] = match;
  return ok({ member, key, value: settingValue(value) });
}

function settingValue(text: string): SettingValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^\[.*\]$/s.test(text)) {
    const words = text
      .slice(1, -1)
      .split(',')
      .map((word) => word.trim().replace(/^"(.*)"$/s, '$1'));
    return words.filter((word) => word !== '');
  }
  return text.replace(/^"(.*)"$/s, '$1');
}
