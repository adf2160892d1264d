import type { Result } from '../../base/result.ts';
import type { WireValue } from '../../tasks/wire-value.ts';
import type { Exchange } from './exchange.ts';
import { parseLenientJson } from './lenient-json.ts';

/** The body of a request as JSON, read as leniently as the original does. The error is the parser's, without prefix. */
export async function readJson(exchange: Exchange): Promise<Result<WireValue, string>> {
  const body = await exchange.body();
  return parseLenientJson(body.toString('utf8'));
}
