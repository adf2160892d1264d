import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TerminalNotice } from '../contract/notices.ts';
import { processLetter } from '../lab/process-start.ts';
import { until } from '../lab/testing/until.ts';
import { Terminals } from './terminals.ts';

let dir = '';
let terminals: Terminals;
const pids: number[] = [];
const guard = { add: (pid: number) => void pids.push(pid), remove: () => undefined };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'terminal-test-'));
  terminals = new Terminals();
  pids.length = 0;
});
afterEach(() => {
  terminals.closeAll();
  rmSync(dir, { recursive: true, force: true });
});

function open(): { id: string; text: () => string; notices: TerminalNotice[] } {
  const id = terminals.open({
    member: 'kapacitor-2',
    api: 'http://127.0.0.1:19095',
    binFolder: dir,
    labFolder: dir,
    columns: 80,
    rows: 24,
    guard,
  });
  const notices: TerminalNotice[] = [];
  terminals.follow(id, (notice) => notices.push(notice));
  return { id, notices, text: () => notices.map((notice) => (notice.kind === 'data' ? notice.data : '')).join('') };
}

describe.skipIf(process.platform === 'win32')('terminals', () => {
  test('M3: a real shell with the prompt of its member, its address, and the programs of the lab', async () => {
    writeFileSync(join(dir, 'kapacitorctl'), '#!/bin/sh\necho "listing $KAPACITOR_URL"\n', { mode: 0o755 });
    const { id, text } = open();
    await until(() => text().includes('kapacitor-2$ '), 'prompt');
    terminals.write(id, 'kapacitorctl member list; echo size $(stty size)\r');
    await until(() => text().includes('size 24 80'), 'output');
    expect(text()).toContain('listing http://127.0.0.1:19095');
    terminals.resize(id, 100, 30);
    terminals.write(id, 'echo size $(stty size)\r');
    await until(() => text().includes('size 30 100'), 'new size');
  });

  test('whoever comes later sees what was said, and that the shell has ended', async () => {
    const { id, notices } = open();
    terminals.write(id, 'exit 3\r');
    await until(() => notices.some(({ kind }) => kind === 'exit'), 'exit');
    const late: TerminalNotice[] = [];
    terminals.follow(id, (notice) => late.push(notice));
    expect(late.map(({ kind }) => kind)).toEqual(['data', 'exit']);
    expect(late.at(-1)).toEqual({ kind: 'exit', code: 3 });
    terminals.write(id, 'x');
    const gone: TerminalNotice[] = [];
    terminals.follow('unknown', (notice) => gone.push(notice));
    expect(gone).toEqual([{ kind: 'exit', code: 0 }]);
  });

  test('closing ends the shell; a closed terminal takes no more', async () => {
    const { id } = open();
    const [pid = 0] = pids;
    expect(existsSync(`/proc/${pid}`) || process.platform !== 'linux').toBe(true);
    terminals.close(id);
    await until(() => /^Z?$/.test(processLetter(pid)), 'shell ended');
    expect(() => terminals.write(id, 'x')).toThrow('this terminal is closed');
  });

  test('a shell that does not hear the hang-up is ended all the same', async () => {
    const { id, text } = open();
    await until(() => text().includes('kapacitor-2$ '), 'prompt');
    terminals.write(id, "trap '' HUP; echo deaf $((1 + 1))\r");
    await until(() => text().includes('deaf 2'), 'deaf');
    const [pid = 0] = pids;
    terminals.close(id);
    await until(() => /^Z?$/.test(processLetter(pid)), 'shell ended');
    expect(() => terminals.write(id, 'x')).toThrow('this terminal is closed');
  });
});
