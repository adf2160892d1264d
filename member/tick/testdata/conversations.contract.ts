import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Conversation {
  readonly name: string;
  readonly input: string;
  readonly output: string;
}

/** The exchanges of a file: what is said, `----`, what is answered; a blank line between, a name after `#` before. */
export function readConversations(file: string): readonly Conversation[] {
  const blocks = readFileSync(join(import.meta.dirname, file), 'utf8').trimEnd().split('\n\n');
  return blocks.map((block) => {
    const [said = '', output = ''] = block.split('\n----\n');
    const name = /^# (.*)\n/.exec(said);
    return { name: name?.[1] ?? '', input: said.slice(name?.[0].length ?? 0), output };
  });
}
