#!/usr/bin/env node
/** kapacitor: the client of one member. Commands, flags, tables and exit codes are those of 1.5.4 (cli.md). */
import { version } from '../base/version.ts';
import type { Command } from './client/context.ts';
import { main } from './client/program.ts';
import { define, defineTemplate, defineTopicHandler } from './kapacitor-commands/define.ts';
import { deleteCommand } from './kapacitor-commands/delete.ts';
import { list } from './kapacitor-commands/list.ts';
import { logs, watch } from './kapacitor-commands/logs.ts';
import { record } from './kapacitor-commands/record.ts';
import { replay, replayLive } from './kapacitor-commands/replay.ts';
import { backup, level, serviceTests, stats, vars } from './kapacitor-commands/server.ts';
import { show, showTemplate, showTopic, showTopicHandler } from './kapacitor-commands/show.ts';
import { disable, enable, reload } from './kapacitor-commands/status.ts';

const versionCommand: Command = {
  usage: 'version',
  help: 'Prints the version of this client.',
  run(context) {
    context.out(
      `Kapacitor Lab ${version.product}, as ${version.compatible} (git: ${version.branch} ${version.commit})\n`,
    );
    return Promise.resolve();
  },
};

void main({
  name: 'kapacitor',
  summary: 'Usage: kapacitor [options] [command] [args]',
  commands: {
    define,
    'define-template': defineTemplate,
    'define-topic-handler': defineTopicHandler,
    enable,
    disable,
    reload,
    show,
    'show-template': showTemplate,
    'show-topic-handler': showTopicHandler,
    'show-topic': showTopic,
    list,
    delete: deleteCommand,
    record,
    replay,
    'replay-live': replayLive,
    watch,
    logs,
    level,
    stats,
    vars,
    backup,
    'service-tests': serviceTests,
    version: versionCommand,
  },
  exitCodeOf: ({ exitCode }) => exitCode,
  optionsAnywhere: false,
  userAgent: 'KapacitorClient',
});
