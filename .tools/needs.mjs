// What suites need beside Node, how it is found, and the one line that installs it on Debian.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const installs = {
  chromium: 'apt-get install -y chromium',
  influxd: 'apt-get install -y influxdb',
  go: 'apt-get install -y golang-go golang-github-hashicorp-memberlist-dev',
};

export function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  return null;
}

export function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const found = onPath(name);
    if (found !== null) return found;
  }
  return null;
}

/** The install line for a need named in `what`; null when none is known. */
export function missing(what) {
  const need = Object.keys(installs).find((name) => what.includes(name));
  return need === undefined ? null : installs[need];
}
