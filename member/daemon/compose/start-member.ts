import type { Member, MemberOptions } from './member.ts';
import type { MemberPorts } from './ports.ts';

/** Starts a member on its ports. Nothing is sent before the stored state was read. */
export type StartMember = (options: MemberOptions, ports: MemberPorts) => Member;
