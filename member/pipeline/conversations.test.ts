import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { printConversation, readConversation, replay } from './testing/conversation.ts';

const folder = join(import.meta.dirname, 'testdata');
/** PIPELINE_REWRITE=1 writes what comes of the commands now into the files, to be reviewed as a change. */
const isRewriting = process.env['PIPELINE_REWRITE'] === '1';

describe('conversations with a pipeline', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.txt')))('%s', (name) => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    const played = printConversation(replay(readConversation(text)));
    if (isRewriting) writeFileSync(path, played);
    expect(isRewriting ? played : text).toBe(played);
  });
});
