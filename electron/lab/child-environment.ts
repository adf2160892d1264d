/** The environment of every child: this process's, as a plain Node, without options meant for the parent alone. */
export function childEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // KAPACITOR_* would override the files the plan wrote; NODE_* would change how members run.
    if (value === undefined || /^(KAPACITOR_|NODE_OPTIONS$|NODE_CHANNEL_|NODE_UNIQUE_ID$|ELECTRON_)/.test(name))
      continue;
    environment[name] = value;
  }
  // Under Electron the same binary runs children as a plain Node; elsewhere nobody reads it.
  return { ...environment, ELECTRON_RUN_AS_NODE: '1', ...extra };
}
