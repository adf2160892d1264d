import { expect, test } from 'vitest';
import { formatLine } from './write.ts';
import type { LinePoint } from './write.ts';

const point: LinePoint = {
  name: 'a, b',
  tags: { 'k=1': 'v,2', empty: '', a: 'x y' },
  fields: [
    { name: 's', type: 'string', value: 'say "hi" \\' },
    { name: 'i 1', type: 'int', value: 9_007_199_254_740_993n },
    { name: 'f', type: 'float', value: 1e21 },
    { name: 'g', type: 'float', value: 2.5e-7 },
    { name: 'd', type: 'duration', value: 90_000_000_000 },
    { name: 'b', type: 'bool', value: true },
    { name: 'whole', type: 'float', value: 3 },
  ],
  timeNs: 1_500_000_000_000_000_000n,
};

test('names are escaped, fields sorted, types marked, floats without exponent', () => {
  expect(formatLine(point, 1n)).toBe(
    'a\\,\\ b,a=x\\ y,k\\=1=v\\,2 b=true,d="1m30s",f=1000000000000000000000,g=0.00000025,i\\ 1=9007199254740993i,s="say \\"hi\\" \\\\",whole=3 1500000000000000000',
  );
});

test('the time is written in the unit of the precision', () => {
  expect(
    formatLine({ ...point, fields: [{ name: 'v', type: 'int', value: 1 }], tags: {}, name: 'm' }, 1_000_000_000n),
  ).toBe('m v=1i 1500000000');
});
