/** An operating error on its way out of a host call; the dispatcher turns it into the answer's error. */
import type { Result } from '../../member/base/result.ts';
import type { ErrorCode } from '../contract/requests.ts';
import type { LabError } from '../lab/lab-error.ts';

export class HostFailure extends Error {
  override readonly name = 'HostFailure';
  readonly code: ErrorCode;
  readonly details: string | null;

  constructor(code: ErrorCode, message: string, details: string | null = null) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The value, or the failure thrown to the dispatcher. */
export function valueOf<T>(result: Result<T, LabError>): T {
  if (result.ok) return result.value;
  throw new HostFailure(result.error.code, result.error.message);
}
