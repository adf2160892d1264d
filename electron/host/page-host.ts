/**
 * What the browser host and the Electron host share: the lab used last (or a new one), served by this process, or
 * followed through its control socket where another process supervises it already.
 */
import { ok, type Result } from '../../member/base/result.ts';
import type { HostState } from '../contract/state.ts';
import { labHome } from '../lab/lab-files.ts';
import { defaultFolder } from '../lab/lab-folder.ts';
import type { Programs } from '../lab/programs.ts';
import { attachedWire } from './control-client.ts';
import { openHost } from './open-host.ts';
import type { WireServer } from './wire-server.ts';

export interface PageHost {
  readonly wire: WireServer;
  /** Process that supervises the lab, when it is another one. */
  readonly attachedTo: number | null;
  /** Stops the lab, if it is this process's own. */
  close(): Promise<void>;
}

export interface PageHostOptions {
  readonly kind: HostState['host'];
  readonly programs: Programs;
  readonly newLink: () => string | null;
  readonly onTrouble: (message: string) => void;
}

export async function openPageHost(options: PageHostOptions): Promise<Result<PageHost, string>> {
  const home = labHome();
  const folder = await defaultFolder(home, undefined);
  const other = await attachedWire(folder.dir);
  if (other !== null) return ok({ wire: other.wire, attachedTo: other.pid, close: () => Promise.resolve() });
  const opened = await openHost({
    kind: options.kind,
    options: folder,
    programs: options.programs,
    home,
    isFolderFixed: false,
    checksOutputs: process.env['KAPACITOR_LAB_DEV'] === '1',
    newLink: options.newLink,
    // The page stays, and shows that the lab was stopped.
    onDown: () => undefined,
    onTrouble: options.onTrouble,
  });
  return opened.ok ? ok({ wire: opened.value.wire, attachedTo: null, close: () => opened.value.host.close() }) : opened;
}
