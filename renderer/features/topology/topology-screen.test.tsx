import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { renderLab } from '../../testing/render-lab.tsx';

const story = () => screen.getByRole('status', { name: 'What is happening' }).textContent;
const ring = (name: RegExp | string) =>
  within(screen.getByRole('application', { name: 'Cluster map' })).getByRole('button', { name });

describe('given three members that agree', () => {
  test('map, sidebar, story and matrix say the same', async () => {
    await renderLab('topology');
    const map = screen.getByRole('application', { name: 'Cluster map' });
    expect(
      within(map)
        .getAllByRole('button', { name: /^kapacitor-/ })
        .map((each) => each.getAttribute('aria-label')),
    ).toEqual(['kapacitor-1, alive', 'kapacitor-2, alive', 'kapacitor-3, alive']);
    expect(
      within(screen.getByRole('navigation', { name: 'Main' })).getByRole('link', { name: 'kapacitor-2, alive' }),
    ).toBeTruthy();
    expect(story()).toBe(
      'All three members agree. The last alert, OK cpu_high:web-03, was handled once, by kapacitor-2, in 38 ms.',
    );
    const rows = within(screen.getByRole('table', { name: 'Who believes what' })).getAllByRole('row');
    expect(rows.slice(1).map((row) => row.textContent)).toEqual([
      'kapacitor-1selfalivealive',
      'kapacitor-2aliveselfalive',
      'kapacitor-3alivealiveself',
    ]);
  });

  test('a right click opens the faults of a member; what does not apply is off and letters stay', async () => {
    await renderLab('topology');
    fireEvent.contextMenu(ring('kapacitor-2, alive'));
    const menu = screen.getByRole('menu', { name: 'Faults for kapacitor-2' });
    const items = within(menu).getAllByRole('menuitem');
    expect(items.map((item) => [item.querySelector('span')?.textContent, item.getAttribute('aria-disabled')])).toEqual([
      ['Crash', null],
      ['Freeze', null],
      ['Stop', null],
      ['Isolate', null],
      ['Start', 'true'],
      ['Heal this', 'true'],
      ['Remove from cluster', null],
      ['Copy command', null],
    ]);
    expect(menu.textContent).toContain('kapacitor-lab fault crash kapacitor-2');
  });
});

describe('when the first owner is crashed by its letter', () => {
  async function crashed() {
    const lab = await renderLab('topology');
    fireEvent.contextMenu(ring('kapacitor-2, alive'));
    fireEvent.keyDown(screen.getByRole('menu'), { key: 'x' });
    await lab.pass(300);
    return lab;
  }

  test('the note says so with its undo, and nobody has noticed yet', async () => {
    await crashed();
    expect(screen.getByText('kapacitor-2 is crashed.')).toBeTruthy();
    expect(story()).toBe('kapacitor-2 has crashed. Nobody has noticed yet.');
  });

  test('it is suspected with a countdown, then dead; the inspector says why', async () => {
    const { pass, user } = await crashed();
    await pass(3_000);
    expect(story()).toMatch(/^kapacitor-1 and kapacitor-3 suspect kapacitor-2\. Dead in \d\.\d s unless it answers\.$/);
    await user.click(ring(/^kapacitor-2, suspect, dead in \d\.\d s$/));
    const inspector = screen.getByRole('complementary', { name: 'Inspector' });
    expect(within(inspector).getByRole('progressbar', { name: 'Suspicion time left' })).toBeTruthy();
    expect(within(inspector).getByRole('list', { name: 'Why suspect' }).textContent).toContain('suspects it');
    await pass(4_500);
    expect(story()).toMatch(/^kapacitor-2 is dead for \d s\. 2 of 3 members carry on\.$/);
    expect(ring('kapacitor-2, dead')).toBeTruthy();
  });

  test('Start again brings it back', async () => {
    const { pass, user } = await crashed();
    await pass(8_000);
    await user.click(ring('kapacitor-2, dead'));
    await user.click(screen.getByRole('button', { name: 'Start again' }));
    await pass(2_000);
    expect(ring('kapacitor-2, alive')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Heal all faults' })).toBeNull();
  });

  test('Ctrl Z takes it back', async () => {
    const { pass, user, asked } = await crashed();
    await user.keyboard('{Control>}z{/Control}');
    await pass(2_000);
    expect(asked()).toContain('faults.undo');
    expect(ring('kapacitor-2, alive')).toBeTruthy();
  });
});

describe('links', () => {
  test('a cut is drawn, named, told and healed', async () => {
    const { pass, user } = await renderLab('topology');
    fireEvent.contextMenu(ring('Link kapacitor-1 to kapacitor-3, healthy'));
    await user.click(
      within(screen.getByRole('menu', { name: 'Faults for the link kapacitor-1 to kapacitor-3' })).getByRole(
        'menuitem',
        { name: 'Cut both ways' },
      ),
    );
    await pass(200);
    expect(ring('Link kapacitor-1 to kapacitor-3, cut both ways')).toBeTruthy();
    expect(story()).toBe('1 and 3 are cut. Probes go through kapacitor-2, so nobody is suspected.');
    await user.click(screen.getByRole('button', { name: 'Heal all faults' }));
    await pass(200);
    expect(ring(/^Link kapacitor-1 to kapacitor-3, (healthy|unanswered)$/)).toBeTruthy();
  });

  test('one direction only, by the number of the member', async () => {
    const { pass } = await renderLab('topology');
    fireEvent.contextMenu(ring('Link kapacitor-1 to kapacitor-3, healthy'));
    fireEvent.keyDown(screen.getByRole('menu'), { key: '3' });
    await pass(200);
    expect(ring('Link kapacitor-1 to kapacitor-3, cut towards kapacitor-3')).toBeTruthy();
  });

  test('values of one’s own come from the inspector', async () => {
    const { pass, user, host } = await renderLab('topology');
    await user.click(ring('Link kapacitor-1 to kapacitor-2, healthy'));
    const delay = screen.getByRole('spinbutton', { name: 'Delay in ms' });
    await user.clear(delay);
    await user.type(delay, '350');
    await user.click(screen.getByRole('button', { name: 'Slow' }));
    await pass(200);
    expect(host.cluster.state.links.map((link) => [link.from, link.to, link.delayMs])).toEqual([
      ['kapacitor-1', 'kapacitor-2', 350],
      ['kapacitor-2', 'kapacitor-1', 350],
    ]);
    expect(ring('Link kapacitor-1 to kapacitor-2, slow 350 ms')).toBeTruthy();
  });
});

describe('without a mouse', () => {
  test('arrows go from member to link to member, F opens the faults, Escape lets go', async () => {
    const { user } = await renderLab('topology');
    ring('kapacitor-1, alive').focus();
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(ring('Link kapacitor-1 to kapacitor-3, healthy'));
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(ring('kapacitor-3, alive'));
    await user.keyboard('f');
    expect(screen.getByRole('menu', { name: 'Faults for kapacitor-3' })).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('menu')).toBeNull();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('complementary', { name: 'Inspector' }).textContent).toContain('kapacitor-3');
  });
});

describe('the size of the cluster', () => {
  test('a member is added and removed again, with the hint about its subscription', async () => {
    const { pass, user } = await renderLab('topology');
    await user.click(screen.getByRole('button', { name: 'Add member' }));
    await pass(1_500);
    expect(ring('kapacitor-4, alive')).toBeTruthy();
    fireEvent.contextMenu(ring('kapacitor-4, alive'));
    await user.click(screen.getByRole('menuitem', { name: 'Remove from cluster' }));
    await pass(300);
    expect(
      within(screen.getByRole('application', { name: 'Cluster map' })).queryByRole('button', { name: /^kapacitor-4/ }),
    ).toBeNull();
    expect(screen.getByText(/InfluxDB goes on sending to kapacitor-4/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Drop its subscription' }));
    await pass(300);
    expect(screen.getByText('1 subscription of kapacitor-4 dropped.')).toBeTruthy();
  });

  test('one member alone is told what is missing', async () => {
    await renderLab('one');
    expect(story()).toBe('One member runs alone. No alert yet.');
    expect(screen.getByText('One member has nobody to ask.')).toBeTruthy();
  });
});

test('a refusal of the host is said with its original text', async () => {
  const { pass } = await renderLab('refused');
  fireEvent.contextMenu(ring('kapacitor-2, alive'));
  fireEvent.keyDown(screen.getByRole('menu'), { key: 'x' });
  await pass(200);
  const note = screen.getByRole('alert');
  expect(note.textContent).toBe(
    'kapacitor-2 was not crashed. The log of the member says why.kill ESRCH: no such process 49950',
  );
});

test('when the host is lost the last state stays, with its age', async () => {
  const { feed, pass } = await renderLab('topology');
  feed.setConnected(false);
  await pass(3_000);
  expect(screen.getByRole('alert').textContent).toMatch(
    /^The host of this lab does not answer\. What you see is \d s old\./,
  );
  expect(ring('kapacitor-2, alive')).toBeTruthy();
});
