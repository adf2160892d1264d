/**
 * Believable CPU data of six hosts as line protocol: the same second gives the same bytes, so every member and every
 * run of a test computes the same. Pure.
 */
export const hosts: readonly string[] = ['web-01', 'web-02', 'web-03', 'web-04', 'web-05', 'web-06'];

/** `hot`: under every threshold of the sample tasks · `gap`: says nothing · `flapping`: hot and calm every six seconds. */
export type Incident = 'hot' | 'gap' | 'flapping';

const cores = ['cpu0', 'cpu1', 'cpu2', 'cpu3'];

/** Points a second, all hosts well. */
export const pointsPerSecond = hosts.length * (cores.length + 1);

export function cpuLines(second: number, incidents: ReadonlyMap<string, Incident>): string {
  return hosts.map((host, i) => hostLines(host, i, second, incidents.get(host))).join('');
}

/** How many points `cpuLines` writes. */
export function countPoints(incidents: ReadonlyMap<string, Incident>): number {
  const silent = [...incidents.values()].filter((incident) => incident === 'gap').length;
  return pointsPerSecond - silent * (cores.length + 1);
}

function hostLines(host: string, index: number, second: number, incident: Incident | undefined): string {
  if (incident === 'gap') return '';
  const isHot = incident === 'hot' || (incident === 'flapping' && Math.floor(second / 6) % 2 === 0);
  const perCore = cores.map((_, core) => (isHot ? hotIdle(index, core, second) : calmIdle(index, core, second)));
  const total = perCore.reduce((sum, idle) => sum + idle, 0) / perCore.length;
  const line = (cpu: string, idle: number): string => {
    const busy = 100 - idle;
    const fields = [`usage_user=${(busy * 0.72).toFixed(2)}`, `usage_system=${(busy * 0.24).toFixed(2)}`];
    return `cpu,cpu=${cpu},host=${host} ${fields.join(',')},usage_iowait=${(busy * 0.04).toFixed(2)},usage_idle=${idle.toFixed(2)} ${second}000000000\n`;
  };
  return line('cpu-total', total) + perCore.map((idle, core) => line(cores[core] ?? 'cpu', idle)).join('');
}

/** 2 to 7 % idle. */
function hotIdle(host: number, core: number, second: number): number {
  return 2 + 5 * noise(host, core, second);
}

/** 62 to 94 % idle: a slow wave of each host, unrest of each core. */
function calmIdle(host: number, core: number, second: number): number {
  return 80 + 8 * Math.sin((second + 97 * host) / (41 + 7 * host)) + 12 * (noise(host, core, second) - 0.5);
}

/** 0 to 1, the same for the same numbers. */
function noise(host: number, core: number, second: number): number {
  let hash = Math.imul(second, 0x9e3779b1) ^ Math.imul(host * 8 + core + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000;
}
