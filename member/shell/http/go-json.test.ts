import { expect, test } from 'vitest';
import { compactJson, prettyJson } from './go-json.ts';

test('pretty: four spaces, empty lists and objects on one line, HTML escaped', () => {
  expect(prettyJson({ a: [1, { b: '<&>' }], c: [], d: {}, e: undefined, f: null })).toBe(
    '{\n    "a": [\n        1,\n        {\n            "b": "\\u003c\\u0026\\u003e"\n        }\n    ],\n    "c": [],\n    "d": {},\n    "f": null\n}',
  );
});

test('compact: integers beyond 2^53 exact, floats as Go prints them', () => {
  expect(compactJson([9223372036854775807n, 1e21, 1e-7, -0, 0.1, 'é\u2028'])).toBe(
    '[9223372036854775807,1e+21,1e-7,-0,0.1,"é\\u2028"]',
  );
});
