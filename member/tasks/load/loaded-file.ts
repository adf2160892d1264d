/** The files of the `[load]` folder: which count, what each defines, and in which order they are loaded. */

/** In the order in which they are loaded: tasks may be made from templates. */
export const loadFolders = ['templates', 'tasks', 'handlers'] as const;

export type LoadFolder = (typeof loadFolders)[number];

export interface LoadedFile {
  readonly folder: LoadFolder;
  readonly name: string;
  /** Of tasks and templates: the name without its extension. Handlers say theirs themselves. */
  readonly id: string;
  /** `script` is TICKscript, `definition` a document that says what to make. */
  readonly content: 'script' | 'definition';
  readonly format: 'tick' | 'yaml' | 'json';
}

/**
 * Those of a folder's files that count, scripts before definitions, each in the order of their names' bytes. Scripts are
 * no handlers, and a template is a script: other files are left alone.
 */
export function filesToLoad(folder: LoadFolder, names: readonly string[]): readonly LoadedFile[] {
  const files = names.toSorted(byBytes).flatMap((name) => fileOf(folder, name) ?? []);
  return [
    ...files.filter(({ content }) => content === 'script'),
    ...files.filter(({ content }) => content === 'definition'),
  ];
}

function fileOf(folder: LoadFolder, name: string): LoadedFile | undefined {
  const [, id = '', extension = ''] = /^(.*)\.([^.]*)$/s.exec(name) ?? [];
  if (extension === 'tick')
    return folder === 'handlers' ? undefined : { folder, name, id, content: 'script', format: 'tick' };
  if (folder === 'templates') return undefined;
  if (extension === 'yaml' || extension === 'yml') return { folder, name, id, content: 'definition', format: 'yaml' };
  return extension === 'json' ? { folder, name, id, content: 'definition', format: 'json' } : undefined;
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
