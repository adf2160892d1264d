import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownOf, setOwn } from './own-members.ts';

const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', '0'));

test('whatever a member is called, it is there once it was set, and not before', () => {
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), name, (members, other) => {
      const record: Record<string, string> = {};
      for (const [key, value] of Object.entries(members)) setOwn(record, key, value);
      expect(Object.entries(record)).toEqual(Object.entries(members));
      expect(ownOf(record, other)).toBe(Object.hasOwn(members, other) ? members[other] : undefined);
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    }),
  );
});
