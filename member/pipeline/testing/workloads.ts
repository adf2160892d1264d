/** Bodies and scripts of load: the shapes of `bench.mjs` in `../shared`, made from a fixed seed. */
import { randomFloat, seededRandom } from '../../base/random.ts';

export interface Workload {
  readonly name: string;
  readonly script: string;
  readonly bodies: readonly Uint8Array[];
  readonly points: number;
}

const regions = ['eu-1', 'eu-2', 'us-1', 'us-2', 'ap-1', 'ap-2', 'sa-1', 'af-1'];
const startSeconds = 1_700_000_000;
const pointsPerBody = 5000;

export function passThrough(points: number): Workload {
  const script = "stream\n    |from()\n        .measurement('m1')\n    |httpOut('out')\n";
  return { name: 'W1 from, httpOut', script, ...cpuBodies('m1', points) };
}

export function lambdas(points: number): Workload {
  const script = `stream
    |from()
        .measurement('m2')
    |where(lambda: "usage_user" + "usage_system" > 12.0 AND "region" != 'ap-2')
    |eval(lambda: "usage_user" + "usage_system", lambda: 120.0 - "usage_idle", lambda: "busy" / "total" * 100.0, lambda: if("busy" > 50.0, 'hot', 'cold'), lambda: sqrt("busy" * "busy" + 1.0))
        .as('busy', 'total', 'pct', 'state', 'norm')
        .keep('busy', 'pct', 'state', 'norm')
    |where(lambda: "pct" > 15.0)
    |httpOut('out')
`;
  return { name: 'W2 where, eval, 7 lambdas', script, ...cpuBodies('m2', points) };
}

export function windows(points: number): Workload {
  const script = `var w = stream
    |from()
        .measurement('m3')
        .groupBy('host')
    |window()
        .period(10s)
        .every(10s)
        .align()

w
    |mean('value')
    |httpOut('mean')

w
    |percentile('value', 95.0)
    |httpOut('p95')
`;
  return { name: 'W3 1000 groups, window, mean and percentile', script, ...hostBodies('m3', points) };
}

export function quietAlerts(points: number): Workload {
  const script = `stream
    |from()
        .measurement('m4')
        .groupBy('host')
    |alert()
        .id('{{ .TaskName }}/{{ index .Tags "host" }}')
        .warn(lambda: "value" > 170.0)
        .crit(lambda: "value" > 190.0)
        .stateChangesOnly()
        .post('http://collector/x/alerts')
`;
  return { name: 'W4b alert, no level changes', script, ...hostBodies('m4', points) };
}

export function manySeries(groups: number): Workload {
  const script = `stream
    |from()
        .measurement('m7')
        .groupBy('id')
    |window()
        .period(10s)
        .every(10s)
        .align()
    |mean('value')
    |httpOut('out')
`;
  const random = seededRandom(7);
  const lines: string[] = [];
  for (let time = 0; time <= 10; time += 5) {
    for (let group = 0; group < groups; group++) {
      lines.push(
        `m7,id=s${padded(group, 6)} value=${hundredths(randomFloat(random) * 100)} ${startSeconds + time}000000000`,
      );
    }
  }
  return { name: `W7 ${groups} series, window, mean`, script, ...inBodies(lines) };
}

function cpuBodies(measurement: string, points: number): Pick<Workload, 'bodies' | 'points'> {
  const random = seededRandom(1);
  const percent = (scale: number): number => hundredths(randomFloat(random) * scale);
  const lines = Array.from({ length: points }, (_, index) => {
    const host = index % 100;
    const tags = `cpu=cpu${host % 8},host=h${padded(host, 4)},region=${regions[host % 8]}`;
    const fields = `usage_idle=${percent(100)},usage_system=${percent(20)},usage_user=${percent(60)},n=${index}i`;
    return `${measurement},${tags} ${fields} ${startSeconds + Math.floor(index / 1000)}${padded(index % 1000, 3)}000000`;
  });
  return inBodies(lines);
}

function hostBodies(measurement: string, points: number): Pick<Workload, 'bodies' | 'points'> {
  const random = seededRandom(3);
  const lines = Array.from({ length: points }, (_, index) => {
    const host = index % 1000;
    const time = Math.floor(index / 1000);
    const tags = `host=h${padded(host, 4)},region=${regions[host % 8]}`;
    return `${measurement},${tags} other=${time}i,value=${hundredths(randomFloat(random) * 100)} ${startSeconds + time}000000000`;
  });
  return inBodies(lines);
}

function inBodies(lines: readonly string[]): Pick<Workload, 'bodies' | 'points'> {
  const encoder = new TextEncoder();
  const bodies: Uint8Array[] = [];
  for (let start = 0; start < lines.length; start += pointsPerBody) {
    bodies.push(encoder.encode(`${lines.slice(start, start + pointsPerBody).join('\n')}\n`));
  }
  return { bodies, points: lines.length };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
