/**
 * Real members for a test file. The program is bundled once. A folder that a test or its `beforeEach` opens is gone
 * when the test has ended, one that a `beforeAll` opens when the file has; members end with their folder.
 */
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, onTestFinished, TestRunner, vi } from 'vitest';
import type { MemberApi } from './member-api.ts';
import { bundleMember, memberFolder, startMember, type MemberFolder, type MemberProcess } from './member-process.ts';

export interface Members {
  /** Path of the bundled kapacitord. */
  readonly program: string;
  /** A configuration on free ports; `extra` is TOML behind the rest. */
  folder(extra?: string): Promise<MemberFolder>;
  /** Resolves when the member listens; rejects with its log when it does not. */
  start(folder: MemberFolder, args?: readonly string[]): Promise<MemberProcess>;
  /** A member in a folder of its own. */
  startNew(extra?: string): Promise<NewMember>;
  /** The program as a command that comes to its end. */
  run(...args: readonly string[]): Ended;
}

interface NewMember {
  readonly folder: MemberFolder;
  readonly api: MemberApi;
  readonly member: MemberProcess;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Called once, at the top of the file. */
export function useMembers(): Members {
  // Processes take their time on a busy machine: only what hangs runs into the limit.
  vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
  let program = '';
  const open = new Map<MemberFolder, MemberProcess[]>();
  const ofTheFile: MemberFolder[] = [];

  const close = async (folder: MemberFolder): Promise<void> => {
    await Promise.all(open.get(folder)?.map((member) => member.end('SIGKILL')) ?? []);
    open.delete(folder);
    folder.dispose();
  };

  beforeAll(async () => {
    const bundle = await bundleMember();
    program = bundle.program;
    return () => bundle.dispose();
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const member of [...open.values()].flat())
      console.error(`log of member ${member.listening.memberId}:\n${member.log()}`);
  });
  afterAll(async () => {
    for (const folder of ofTheFile) await close(folder);
  });

  const openFolder: Members['folder'] = async (extra) => {
    const folder = await memberFolder(extra);
    open.set(folder, []);
    if (TestRunner.getCurrentTest() === undefined) ofTheFile.push(folder);
    else onTestFinished(() => close(folder));
    return folder;
  };
  const start: Members['start'] = async (folder, args) => {
    const member = await startMember(program, folder, args);
    open.get(folder)?.push(member);
    return member;
  };

  return {
    get program() {
      return program;
    },
    folder: openFolder,
    start,
    async startNew(extra) {
      const folder = await openFolder(extra);
      return { folder, api: folder.api, member: await start(folder) };
    },
    run(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
        encoding: 'utf8',
        timeout: 20_000,
        env: { ...process.env, HOME: '/nonexistent', KAPACITOR_CONFIG_PATH: '' },
      });
      return { status, stdout, stderr };
    },
  };
}
