#!/usr/bin/env node
/**
 * kapacitorctl: the cluster tool. Lists, adds and removes members through the API of one of them. What `member
 * list` prints is the layout of the seeds, to the blank.
 */
import { main } from './client/program.ts';
import { exit } from './client/failure.ts';
import { memberCommand } from './member-command.ts';

void main({
  name: 'kapacitorctl',
  summary: 'Usage: kapacitorctl [command] [subcommand] [args] [-url URL] [-skipVerify]',
  commands: { member: memberCommand },
  exitCodeOf: () => exit.noCommand,
  optionsAnywhere: true,
  userAgent: 'KapacitorCtl',
});
