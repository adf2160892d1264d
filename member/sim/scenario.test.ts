import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConversation, printConversation, runConversation } from './scenario.ts';

const folder = join(import.meta.dirname, 'testdata');
/** SIM_REWRITE=1 writes what is observed now into the files, to be reviewed as a change. */
const isRewriting = process.env['SIM_REWRITE'] === '1';

describe('conversations with a simulated cluster', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', async (name) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const played = printConversation(await runConversation(parseConversation(text)));
    if (isRewriting) writeFileSync(path, played);
    expect(isRewriting ? played : text).toBe(played);
  });
});
