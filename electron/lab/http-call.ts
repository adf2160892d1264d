/** One HTTP request on loopback, with a limit of time; what goes wrong is a value. */
import { type Agent, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { err, ok, type Result } from '../../member/base/result.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly agent?: Agent;
}

/** Any status is an answer; the error is why there was none. */
export function httpCall(url: string, call: HttpCall = {}): Promise<Result<HttpAnswer, string>> {
  const timeoutMs = call.timeoutMs ?? 5_000;
  return new Promise((resolve) => {
    const open = url.startsWith('https:') ? secureRequest : request;
    const asked = open(
      url,
      {
        method: call.method ?? 'GET',
        agent: call.agent,
        headers: call.body === undefined ? {} : { 'Content-Length': Buffer.byteLength(call.body) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          clearTimeout(timer);
          resolve(ok({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
        });
        response.on('error', (error) => resolve(err(error.message)));
      },
    );
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs);
    asked.on('error', (error) => {
      clearTimeout(timer);
      resolve(err(error.message));
    });
    asked.end(call.body);
  });
}

/** The answer's JSON; the error is the server's own text where it gave one. */
export async function jsonCall(
  url: string,
  call: HttpCall & { readonly json?: unknown } = {},
): Promise<Result<unknown, string>> {
  const answer = await httpCall(url, call.json === undefined ? call : { ...call, body: JSON.stringify(call.json) });
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  const parsed = parse(body);
  if (status >= 200 && status < 300) return ok(parsed);
  return err(errorText(parsed) ?? (body.trim() === '' ? `HTTP status ${status}` : body.trim().slice(0, 500)));
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function errorText(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('error' in body)) return null;
  return typeof body.error === 'string' ? body.error : null;
}
