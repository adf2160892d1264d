/** An operating error of the lab, with the code the page decides by. */
import type { ErrorCode } from '../contract/requests.ts';

export interface LabError {
  readonly code: ErrorCode;
  readonly message: string;
}

export function failure(code: ErrorCode, message: string): { readonly ok: false; readonly error: LabError } {
  return { ok: false, error: { code, message } };
}
