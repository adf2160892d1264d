/**
 * Who asks (http-api.md 2). There is no user store without a meta service, so every well-formed name is an
 * administrator, as in the open source server; what is checked is that credentials are there and tokens are genuine.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { verifyToken } from './jwt.ts';
import type { Query } from './query.ts';

const subscriber = '~subscriber';

export interface CredentialSettings {
  readonly sharedSecret: string;
  readonly nowMs: () => number;
}

/** The user's name, or the text of the 401. */
export function authenticate(
  authorization: string | undefined,
  query: Query,
  settings: CredentialSettings,
): Result<string, string> {
  if (authorization !== undefined) {
    const words = authorization.split(' ');
    const [scheme = '', token = ''] = words;
    if (words.length === 2 && scheme === 'Bearer') return verifyToken(token, settings.sharedSecret, settings.nowMs());
    const basic = basicUser(authorization);
    if (basic !== undefined) return basic === '' ? err('username required') : ok(basic);
  }
  const user = query.get('u');
  if (user !== '' && query.get('p') !== '') return ok(user);
  return err('unable to parse authentication credentials');
}

/** The user of a basic Authorization header; undefined when it is none. */
function basicUser(authorization: string): string | undefined {
  const match = /^basic (.+)$/i.exec(authorization);
  if (match === null) return undefined;
  const text = Buffer.from(match[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(0, colon);
}

/** The name for the access log: credentials are not checked here, `-` when there are none. */
export function nameForLog(authorization: string | undefined, query: Query): string {
  const basic = authorization === undefined ? undefined : basicUser(authorization);
  const name = basic ?? query.get('u');
  return name === '' || name === subscriber ? (name === '' ? '-' : name) : name;
}
