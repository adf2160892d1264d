import { readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.ts';
import type { ClientTls } from './http-sender.ts';

/** Paths; empty ones are not used. */
export interface TlsPaths {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly isInsecure: boolean;
}

/** Undefined when nothing of it is set. */
export function readTls(paths: TlsPaths): Result<ClientTls | undefined, string> {
  try {
    const read = (path: string): string => readFileSync(path, 'utf8');
    if (paths.ca === '' && paths.cert === '' && !paths.isInsecure) return ok(undefined);
    return ok({
      isInsecure: paths.isInsecure,
      ...(paths.ca === '' ? {} : { ca: read(paths.ca) }),
      ...(paths.cert === '' ? {} : { cert: read(paths.cert) }),
      ...(paths.key === '' ? {} : { key: read(paths.key) }),
    });
  } catch (error) {
    return err(`cannot read a certificate: ${error instanceof Error ? error.message : String(error)}`);
  }
}
