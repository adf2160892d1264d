/** Preloaded before the app's main: `require('electron')` gives the stand-in from now on. Nothing else is changed. */
import Module from 'node:module';
import { chromium } from 'playwright';
import { electronModule } from './electron-module.ts';
import type { ToStandIn } from './protocol.ts';

const executablePath = process.env['STAND_IN_CHROMIUM'];
const port = Number(process.env['STAND_IN_PORT']);
const browser = chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
});
const context = browser.then((launched) => launched.newContext({ viewport: { width: 1440, height: 900 } }));
const standIn = electronModule(context, async () => (await browser).close());

const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
const load = loader._load;
loader._load = (request, ...rest) => (request === 'electron' ? standIn.electron : load(request, ...rest));

process.on('message', (message: ToStandIn) => standIn.order(message));
process.on('disconnect', () => process.exit(1));
context.then(
  () => process.send?.({ kind: 'browser', endpoint: `http://127.0.0.1:${port}` }),
  (error: unknown) => {
    process.stderr.write(`stand-in: Chromium did not start: ${String(error)}\n`);
    process.exit(1);
  },
);
