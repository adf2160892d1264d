/** A real shell beside each member: its own prompt, its own member, the command lines at hand. */
import { expect, test } from '../fixtures/window-test.ts';
import { runningMembers } from '../fixtures/running-lab.ts';

test('member list, typed into the terminal of kapacitor-2, prints the layout of the guide', async ({ lab }) => {
  const members = await runningMembers(lab.home);
  const second = members[1];
  if (second === undefined) throw new Error('the lab has three members');
  await lab.openDock('Terminals');
  await lab.maximiseDock();
  for (const { name } of members) await lab.terminals.expectPrompt(name);
  await lab.terminals.layOut('One');
  await lab.terminals.front('kapacitor-2');
  await lab.terminals.expectPrompt('kapacitor-2');

  const printed = await lab.terminals.type('kapacitor-2', 'kapacitorctl member list');
  expect(printed[0]).toBe('State: initialized');
  expect(printed[1]).toMatch(/^Cluster ID: [0-9a-f-]{36}$/);
  expect(printed[2]).toBe(`Local Member ID: ${second.id}`);
  expect(printed[3]).toMatch(/^Member ID {31}Gossip Address {2,}RPC Address {2,}API Address {2,}Roles {2}Status$/);
  const listed = printed.slice(4).map((line) => line.split(/ +/).join(' '));
  expect(listed.toSorted()).toEqual(
    members
      .map(({ id, gossip, rpc, api }) => [id, gossip, rpc, new URL(api).host, 'worker', 'alive'].join(' '))
      .toSorted(),
  );

  const found = await lab.terminals.type(
    'kapacitor-2',
    'command -v kapacitor kapacitorctl kapacitord | xargs -n 1 basename',
  );
  expect(found).toEqual(['kapacitor', 'kapacitorctl', 'kapacitord']);
  expect(await lab.terminals.type('kapacitor-2', 'echo $KAPACITOR_URL')).toEqual([second.api]);
  expect((await lab.terminals.type('kapacitor-2', 'kapacitor list tasks')).join('\n')).toMatch(
    /^cpu_high .*stream.*enabled/m,
  );

  await lab.terminals.layOut('All');
  await lab.restoreDock();
});
