/** The page comes from `lab://app/`, a privileged scheme of our own: files of the built page and nothing else. */
import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { contentSecurityPolicy, contentType, fileInside } from '../host/browser-server.ts';

export const pageUrl = 'lab://app/';

/** Before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'lab', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Once the app is ready. */
export function servePage(folder: string): void {
  protocol.handle('lab', async (request) => {
    const url = new URL(request.url);
    const file = url.host === 'app' && request.method === 'GET' ? fileInside(folder, url.pathname) : null;
    const content = file === null ? null : await readFile(file).catch(() => null);
    if (file === null || content === null) return new Response('There is no such file.', { status: 404 });
    return new Response(new Uint8Array(content), {
      headers: {
        'Content-Type': contentType(file),
        'Content-Security-Policy': contentSecurityPolicy,
        'X-Content-Type-Options': 'nosniff',
      },
    });
  });
}
