import { describe, expect, test } from 'vitest';
import { memberId } from '../base/ids.ts';
import { ownersOf } from './owners.ts';

const A = memberId('f74f3547-efaf-4e6e-8b05-fb12b19f8287');
const B = memberId('13eeefdd-41b5-453f-928e-cb9c55fd2a5d');
const C = memberId('00000000-0000-4000-8000-000000000001');

function ranks(topic: string, redundancy: number): string {
  const names = new Map([
    [A, 'A'],
    [B, 'B'],
    [C, 'C'],
  ]);
  return ownersOf(topic, [C, A, B], redundancy)
    .map(({ id, hash }) => `${names.get(id)} ${hash.toString(16)}`)
    .join(', ');
}

describe('D14 owners by rank', () => {
  test('D14 the table of the contract', () => {
    expect(ranks('cpu-alerts', 0)).toBe('B 6bac6e74, A 5f9827bf, C 4bbff3c4');
    expect(ranks('tempé', 0)).toBe('B 9daf9fc9, A 739d9f24, C 423f4cd2');
    expect(ranks('', 0)).toBe('A 821a79a8, B 4efea9f7, C 15b869ee');
  });

  test('D14 redundancy cuts the list, and more than there are means all', () => {
    expect(ranks('cpu-alerts', 2)).toBe('B 6bac6e74, A 5f9827bf');
    expect(ranks('cpu-alerts', 9)).toBe('B 6bac6e74, A 5f9827bf, C 4bbff3c4');
  });
});
