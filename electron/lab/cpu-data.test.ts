import { describe, expect, test } from 'vitest';
import { countPoints, cpuLines, hosts, pointsPerSecond, type Incident } from './cpu-data.ts';

const idleOf = (lines: string, host: string): number =>
  Number(new RegExp(`^cpu,cpu=cpu-total,host=${host} .*usage_idle=([\\d.]+) `, 'm').exec(lines)?.[1]);
const under = (...incidents: [string, Incident][]): Map<string, Incident> => new Map(incidents);

describe('sample data', () => {
  test('the same second gives the same bytes: thirty valid points', () => {
    const lines = cpuLines(1_795_600_000, new Map());
    expect(lines).toBe(cpuLines(1_795_600_000, new Map()));
    expect(lines.trim().split('\n')).toHaveLength(pointsPerSecond);
    expect(
      lines
        .trim()
        .split('\n')
        .every((line) =>
          /^cpu,cpu=cpu(-total|\d),host=web-0\d (usage_\w+=\d+\.\d\d,?){4} 1795600000000000000$/.test(line),
        ),
    ).toBe(true);
  });

  test('calm hosts stay far above the thresholds of the sample tasks, hot ones far below', () => {
    for (let second = 0; second < 5_000; second += 7) {
      const lines = cpuLines(second, under(['web-03', 'hot']));
      for (const host of hosts) {
        const idle = idleOf(lines, host);
        expect(host === 'web-03' ? idle < 8 && idle > 0 : idle > 50 && idle < 100).toBe(true);
      }
    }
  });

  test('a gap is silence, flapping is hot and calm in turn', () => {
    expect(cpuLines(0, under(['web-02', 'gap']))).not.toContain('web-02');
    expect(countPoints(under(['web-02', 'gap'], ['web-01', 'hot']))).toBe(25);
    const idles = Array.from(
      { length: 24 },
      (_, second) => idleOf(cpuLines(second, under(['web-01', 'flapping'])), 'web-01') < 10,
    );
    expect(idles.map((isHot) => (isHot ? 'h' : 'c')).join('')).toBe('hhhhhhcccccchhhhhhcccccc');
  });
});
