// Takes pictures of the demo page's scenes, and checks each with axe.
//
//   npx vite build --mode demo && node .tools/window-pictures.mjs [--out .cache/pictures] [--only topology,alerts] [--sizes 1440x900,1024x700] [--axe]
//
// Serves .cache/demo under the policy that both hosts send, so a violation shows here too.
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: '.cache/pictures' },
    only: { type: 'string' },
    sizes: { type: 'string', default: '1440x900' },
    themes: { type: 'string', default: 'dark,light' },
    axe: { type: 'boolean', default: false },
    text: { type: 'string', default: '100' },
  },
});

/** name → [query, optional action on the page] */
const shots = {
  'first-start': ['scene=first-start&still'],
  'first-start-progress': ['scene=plain', startLab(2200)],
  'first-start-failed': ['scene=broken', startLab(3600)],
  topology: ['scene=topology&still'],
  'topology-failover': ['scene=failover&still&member=kapacitor-2'],
  'topology-member-menu': [
    'scene=topology&still',
    (page) => page.getByRole('button', { name: 'kapacitor-2, alive' }).click({ button: 'right' }),
  ],
  'topology-link-menu': [
    'scene=failover&still&member=kapacitor-2',
    (page) =>
      page
        .getByRole('button', { name: 'Link kapacitor-1 to kapacitor-3, healthy' })
        .click({ button: 'right', force: true, position: { x: 12, y: 70 } }),
  ],
  'topology-links': ['scene=links&still&link=kapacitor-1~kapacitor-2'],
  'topology-one': ['scene=one&still'],
  'topology-five': ['scene=five&still'],
  'topology-nine': ['scene=nine&still'],
  'topology-twenty': ['scene=twenty&still'],
  'topology-member': ['scene=topology&still&member=kapacitor-1'],
  'topology-lost': ['scene=topology&still&lost', (page) => page.waitForTimeout(400)],
  alerts: ['scene=topology&still&screen=alerts&alert=taken'],
  'alerts-normal': ['scene=topology&still&screen=alerts'],
  'alerts-inline': ['scene=topology&still&screen=alerts&alert=inline'],
  'alerts-pending': ['scene=failover&still&screen=alerts&alert=held'],
  'alerts-empty': ['scene=empty&still&screen=alerts'],
  terminals: ['scene=topology&dock=terminals', typeInTerminals],
  'terminals-failed': ['scene=refused&dock=terminals', (page) => page.waitForTimeout(500)],
  logs: ['scene=topology&dock=logs', (page) => page.waitForTimeout(1500)],
  commands: ['scene=topology&dock=commands', runSome],
  scenarios: ['scene=topology&still&screen=scenarios'],
  'scenario-card': ['scene=topology', runScenario],
  'scenario-presenter': ['scene=topology&scenario&present', presentTo(3)],
  presenter: ['scene=topology&present', (page) => page.waitForTimeout(400)],
  settings: ['scene=topology&still&screen=settings'],
  palette: ['scene=topology&still', openPalette('cra')],
  keys: ['scene=topology&still', (page) => page.keyboard.press('?')],
  toast: ['scene=topology', crash],
  'error-note': ['scene=refused', crash],
};

function startLab(ms) {
  return async (page) => {
    await page.getByRole('button', { name: 'Start lab' }).click();
    await page.waitForTimeout(ms);
  };
}

async function typeInTerminals(page) {
  await page.waitForTimeout(600);
  for (const [member, line] of [
    ['kapacitor-2', 'kapacitor list topics'],
    ['kapacitor-3', 'echo $KAPACITOR_URL'],
    ['kapacitor-1', 'kapacitorctl member list'],
  ]) {
    await page
      .getByRole('group', { name: `Terminal ${member}` })
      .locator('.xterm')
      .click();
    await page.keyboard.type(`${line}\n`);
  }
  await page.waitForTimeout(400);
}

async function runSome(page) {
  await page.evaluate(() => {
    void window.demo.host.bridge.request('member.freeze', { name: 'kapacitor-3' });
    void window.demo.host.bridge.request('faults.heal', null);
  });
  await page.waitForTimeout(400);
}

async function runScenario(page) {
  await page.getByRole('button', { name: 'Run scenario' }).click();
  await page.getByRole('menuitem', { name: 'Failover' }).click();
  await page.waitForTimeout(900);
}

function presentTo(step) {
  return async (page) => {
    for (let at = 0; at < step; at++) {
      await page.waitForTimeout(900);
      await page.getByRole('button', { name: 'Next step' }).click();
    }
    await page.waitForTimeout(900);
  };
}

function openPalette(text) {
  return async (page) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(text);
  };
}

async function crash(page) {
  await page.getByRole('button', { name: 'kapacitor-2, alive' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Crash' }).click();
  await page.waitForTimeout(700);
}

const root = fileURLToPath(new URL('../.cache/demo', import.meta.url));
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:";
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  try {
    const body = readFileSync(join(root, path));
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': policy,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}/testing/demo.html`;

const wanted = options.only?.split(',') ?? Object.keys(shots);
mkdirSync(options.out, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
let problems = 0;
for (const size of options.sizes.split(',')) {
  const [width, height] = size.split('x').map(Number);
  for (const theme of options.themes.split(',')) {
    const context = await browser.newContext({
      viewport: { width, height },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    for (const name of wanted) {
      const [query, act] = shots[name] ?? [];
      if (query === undefined) throw new Error(`no shot ${name}`);
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' || /violat|Refused/.test(message.text()))
          console.log(`${name} ${theme}: console: ${message.text().slice(0, 300)}`);
      });
      page.on('pageerror', (error) => console.log(`${name} ${theme}: page error: ${error.message.slice(0, 400)}`));
      await page.goto(`${base}?${query}&theme=${theme}&text=${options.text}`);
      await page.waitForFunction(() => document.querySelector('main') !== null);
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(250);
      try {
        await act?.(page);
      } catch (error) {
        console.log(`${name} ${theme}: ${String(error).slice(0, 500)}`);
        problems += 1;
      }
      await page.waitForTimeout(250);
      const suffix = `${size === '1440x900' ? '' : `-${size}`}${options.text === '100' ? '' : `-text-${options.text}`}`;
      await page.screenshot({ path: join(options.out, `${name}${suffix}-${theme}.png`) });
      if (options.axe) problems += await checkAxe(page, `${name} ${size} ${theme}`);
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
server.close();
console.log(problems === 0 ? 'no problem found' : `${problems} problems`);
process.exitCode = problems === 0 ? 0 : 1;

async function checkAxe(page, title) {
  const { default: AxeBuilder } = await import('@axe-core/playwright');
  // Behind a dialog the page is hidden from everybody; then the dialog is what there is to check.
  const builder = new AxeBuilder({ page });
  const hasDialog = (await page.locator('[role=dialog]').count()) > 0;
  const { violations } = await (hasDialog ? builder.include('[role=dialog]') : builder).analyze();
  for (const violation of violations) {
    console.log(`${title}: axe ${violation.id} (${violation.impact}): ${violation.help}`);
    for (const node of violation.nodes.slice(0, 4))
      console.log(
        `    ${node.target.join(' ')}  ${node.html.slice(0, 140)} ${node.failureSummary?.split('\n')[1]?.trim().slice(0, 200) ?? ''}`,
      );
  }
  return violations.length;
}
