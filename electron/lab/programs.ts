/** Where the built programs and the resources lie, seen from the file that is running. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Programs {
  readonly kapacitord: string;
  readonly kapacitor: string;
  readonly kapacitorctl: string;
  readonly lab: string;
  readonly guard: string;
  /** Folder of the page; may be missing when only the lab was built. */
  readonly renderer: string;
  /** `resources/`: samples and scenarios. */
  readonly resources: string;
  readonly version: string;
}

/** Looks upwards from a file, bundled or not, for the folder that holds `dist/`. */
export function findPrograms(from: string): Programs {
  for (let folder = dirname(realpathSync(from)); ; folder = dirname(folder)) {
    const dist = join(folder, 'dist');
    if (existsSync(join(dist, 'lab')) && existsSync(join(folder, 'resources'))) return programsIn(folder);
    if (folder === dirname(folder)) break;
  }
  throw new Error(`no dist/lab beside ${from}: run npm run build`);
}

function programsIn(root: string): Programs {
  const dist = join(root, 'dist');
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
  return {
    kapacitord: join(dist, 'member/kapacitord.js'),
    kapacitor: join(dist, 'member/kapacitor.js'),
    kapacitorctl: join(dist, 'member/kapacitorctl.js'),
    lab: join(dist, 'lab/kapacitor-lab.js'),
    guard: join(dist, 'lab/guard.js'),
    renderer: join(dist, 'renderer'),
    resources: join(root, 'resources'),
    version,
  };
}
