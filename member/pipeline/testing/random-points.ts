/** Arbitrary points for property tests: few tag values and times that go forward, stand still or fall back a little. */
import fc from 'fast-check';

const field = fc.oneof(
  fc.integer({ min: -4, max: 9 }).map((value) => `v=${value}`),
  fc.integer({ min: -40, max: 90 }).map((value) => `v=${value / 8}`),
  fc.constant('v=3,w="x"'),
  fc.constant('v=7,w="y",n=3i'),
);
const tags = fc.constantFrom('', ',host=a', ',host=b', ',host=a,core=0', ',host=b,core=1');
const name = fc.constantFrom('m', 'm', 'm', 'other');
const step = fc.constantFrom(0, 0, 1, 1, 1, 2, 5, 13, -1, -4);

/** Lines of line protocol. */
export const randomLines: fc.Arbitrary<readonly string[]> = fc
  .array(fc.tuple(name, tags, field, step), { maxLength: 60, size: 'max' })
  .map((points) => {
    let time = 1000;
    return points.map(([measurement, tagText, fields, forward]) => {
      time += forward;
      return `${measurement}${tagText} ${fields} ${time}000000000`;
    });
  });

/** The list in pieces of these lengths, over and over. */
export function inPieces<T>(list: readonly T[], lengths: readonly number[]): readonly (readonly T[])[] {
  const pieces: T[][] = [];
  for (let start = 0, turn = 0; start < list.length; turn++) {
    const length = lengths[turn % lengths.length] ?? 1;
    pieces.push(list.slice(start, start + length));
    start += length;
  }
  return pieces;
}
