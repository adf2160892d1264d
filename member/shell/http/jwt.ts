/** Bearer tokens: JSON Web Tokens signed by HMAC with the shared secret; any other algorithm is refused (http-api.md 2). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';

const hashes: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** The user name in the token. `nowMs` is the wall clock. */
export function verifyToken(token: string, secret: string, nowMs: number): Result<string, string> {
  const segments = token.split('.');
  const [head, body, signature] = segments;
  if (segments.length !== 3 || head === undefined || body === undefined || signature === undefined) {
    return err('invalid token: token contains an invalid number of segments');
  }
  const header = decodeSegment(head);
  const claims = decodeSegment(body);
  if (header === undefined || claims === undefined) return err('invalid token: segments are not JSON objects');
  const algorithm = String(header['alg']);
  const hash = hashes[algorithm];
  if (hash === undefined) return err(`invalid token: unexpected signing method: ${algorithm}`);
  const expected = createHmac(hash, secret).update(`${head}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    return err('invalid token: signature is invalid');
  return checkClaims(claims, nowMs / 1000);
}

function checkClaims(claims: Readonly<Record<string, unknown>>, now: number): Result<string, string> {
  const { exp, nbf, iat, username } = claims;
  if (typeof exp === 'number' && exp !== 0 && now > exp) return err('invalid token: Token is expired');
  if (typeof iat === 'number' && now < iat) return err('invalid token: Token used before issued');
  if (typeof nbf === 'number' && now < nbf) return err('invalid token: Token is not valid yet');
  if (typeof exp !== 'number' || exp <= 0) return err('token expiration required');
  if (typeof username !== 'string') return err('username in token must be a string');
  if (username === '') return err('token must contain a username');
  return ok(username);
}

function decodeSegment(segment: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
