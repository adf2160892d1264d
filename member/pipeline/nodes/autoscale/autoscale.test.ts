import { expect, test } from 'vitest';
import { FakeWorld } from '../../testing/fake-world.ts';
import { RunningScript } from '../../testing/run-script.ts';

function script(node: string, properties: string, before = ''): string {
  return `stream
    |from()
        .measurement('m')
        .groupBy('host')
${before}
    |${node}()
${properties}
    |httpPost('http://collector/o')
`;
}

const k8s = (properties: string, before = ''): string => script('k8sAutoscale', properties, before);

function worldOf(replicas: Readonly<Record<string, number>>): FakeWorld {
  const world = new FakeWorld();
  for (const [name, count] of Object.entries(replicas)) world.replicas.set(name, count);
  return world;
}

/** The causes of what went wrong with points; all under one message. */
const errorsOf = ({ world }: RunningScript): readonly unknown[] =>
  world.logs.flatMap(({ message, fields }) => (message === 'error handling point' ? [fields[0]?.[1]] : []));

const change = (tags: object, second: number, from: number, to: number): unknown => ({
  series: [{ name: 'm', tags, columns: ['time', 'new', 'old'], values: [[`1970-01-01T00:00:0${second}Z`, to, from]] }],
});

test('a change is told with the tags of the group and of what was scaled', () => {
  const running = new RunningScript(
    k8s('        .resourceName(\'app\')\n        .replicas(lambda: int("v"))'),
    worldOf({ app: 2 }),
  );
  running.write('m,host=a,side=l v=5 1000000000', 'm,host=b v=5 2000000000', 'm,host=b v=3 3000000000');
  expect(running.world.scalingCalls).toEqual(['get app', 'set app 5', 'set app 3']);
  const named = { kind: 'deployments', namespace: 'default', resource: 'app' };
  expect(running.posted('o')).toEqual([
    change({ host: 'a', ...named }, 1, 2, 5),
    change({ host: 'b', ...named }, 3, 5, 3),
  ]);
  expect(
    ['increase_events', 'decrease_events', 'errors', 'working_cardinality'].map((name) =>
      running.stat('k8s_autoscale2', name),
    ),
  ).toEqual([1, 1, 0, 2]);
  expect(running.world.logs.filter(({ level }) => level === 'debug')[0]).toEqual({
    level: 'debug',
    message: 'setting replicas',
    node: 'k8s_autoscale2',
    fields: [
      ['new', 5],
      ['old', 2],
      ['event_id', 'app'],
    ],
  });
});

test('the number asked for is held within min and max', () => {
  const running = new RunningScript(
    k8s('        .resourceName(\'app\')\n        .min(2)\n        .max(4)\n        .replicas(lambda: int("v"))'),
    worldOf({ app: 3 }),
  );
  running.write('m v=9 1', 'm v=100 2', 'm v=-5 3', 'm v=0 4');
  expect(running.world.scalingCalls).toEqual(['get app', 'set app 4', 'set app 2']);
});

test('within a cooldown nothing changes in that direction', () => {
  const running = new RunningScript(
    k8s(
      '        .resourceName(\'app\')\n        .increaseCooldown(10s)\n        .decreaseCooldown(2s)\n        .replicas(lambda: int("v"))',
    ),
    worldOf({ app: 1 }),
  );
  const at = (second: number, v: number): string => `m v=${v} ${second}000000000`;
  running.write(at(1, 2), at(2, 3), at(10, 4), at(11, 5), at(12, 4), at(13, 3), at(14, 2), at(15, 3));
  expect(running.world.scalingCalls).toEqual(['get app', 'set app 2', 'set app 5', 'set app 4', 'set app 2']);
  expect(running.stat('k8s_autoscale2', 'cooldown_drops')).toBe(4);
});

test('the present number is there under the name of currentField, unless the point has a field of that name', () => {
  const running = new RunningScript(
    k8s(
      '        .resourceName(\'app\')\n        .currentField(\'now\')\n        .max(5)\n        .replicas(lambda: if("v" > 10.0, "now" + 1, "now" - 1))',
    ),
    worldOf({ app: 3 }),
  );
  running.write('m v=20 1', 'm v=20 2', 'm v=20 3', 'm v=1 4', 'm v=20,now=1i 5');
  expect(running.world.scalingCalls).toEqual(['get app', 'set app 4', 'set app 5', 'set app 4', 'set app 2']);
});

test('what a cluster refuses is an error, and is tried again with the next point', () => {
  const running = new RunningScript(
    k8s('        .resourceName(\'stuck\')\n        .replicas(lambda: int("v"))'),
    worldOf({ stuck: 1 }),
  );
  running.write('m v=2 1', 'm v=2 2');
  expect(running.world.scalingCalls).toEqual(['get stuck', 'set stuck 2', 'set stuck 2']);
  const refusal =
    'failed to apply scaling event: failed to set new replica count for "default/deployments/stuck": stuck is being changed';
  expect([errorsOf(running), running.posted('o')]).toEqual([[refusal, refusal], []]);
});

test('a resource that is not found is asked for again with the next point', () => {
  const running = new RunningScript(
    k8s(
      "        .resourceNameTag('app')\n        .namespace('ns')\n        .kind('replicasets')\n        .replicas(lambda: int(\"v\"))",
    ),
  );
  running.write('m,app=x v=2 1', 'm v=3 2');
  running.world.replicas.set('x', 1);
  running.write('m,app=x v=2 3');
  expect(running.world.scalingCalls).toEqual(['get x', 'get x', 'set x 2']);
  expect(errorsOf(running)).toEqual([
    'could not determine initial scale for "ns/replicasets/x": x not found',
    'could not determine the name of the resource',
  ]);
});

test.each([
  ['"v"', 'TypeGuard: expression returned unexpected type float, expected int'],
  ['TRUE', 'TypeGuard: expression returned unexpected type boolean, expected int'],
  ['nofn("v")', 'undefined function: "nofn"'],
])('the expression %s fails for each point, in the words of the original', (lambda, message) => {
  const running = new RunningScript(
    k8s(`        .resourceName('app')\n        .replicas(lambda: ${lambda})`),
    worldOf({ app: 1 }),
  );
  running.write('m v=2 1', 'm v=2 2');
  const refusal = `failed to evaluate the replicas expression: ${message}`;
  expect([running.stat('k8s_autoscale2', 'errors'), errorsOf(running)]).toEqual([2, [refusal, refusal]]);
});

test('points of a batch change one after the other, and come out as points', () => {
  const running = new RunningScript(
    k8s(
      "        .resourceName('app')\n        .replicas(lambda: int(count()) * 3)",
      '    |window()\n        .periodCount(3)\n        .everyCount(3)',
    ),
    worldOf({ app: 5 }),
  );
  running.write('m,host=a v=1 1000000000', 'm,host=a v=1 2000000000', 'm,host=a v=1 3000000000');
  const tags = { host: 'a', kind: 'deployments', namespace: 'default', resource: 'app' };
  expect(running.posted('o')).toEqual([change(tags, 1, 5, 3), change(tags, 2, 3, 6), change(tags, 3, 6, 9)]);
});

test('what comes while a cluster is asked waits, in order, and no longer than the task', () => {
  const running = new RunningScript(
    k8s('        .resourceName(\'app\')\n        .replicas(lambda: int("v"))'),
    worldOf({ app: 1 }),
  );
  running.run.write(running.parse(new TextEncoder().encode('m v=2 1\nm v=3 2\nm v=4 3')));
  expect([running.run.backlog(), running.world.scalingCalls]).toEqual([3, ['get app']]);
  running.run.close();
  running.world.answerAll();
  expect([running.run.backlog(), running.world.scalingCalls, running.posted('o')]).toEqual([0, ['get app'], []]);
});

test('tags that name the resource can be others, or left out; groups follow them', () => {
  const running = new RunningScript(
    k8s(
      "        .resourceName('app')\n        .namespaceTag('')\n        .kindTag('host')\n        .resourceTag('r')\n        .replicas(lambda: int(\"v\"))",
    ),
    worldOf({ app: 1 }),
  );
  running.write('m,host=a v=2 1000000000', 'm,host=b v=3 2000000000');
  expect(running.posted('o')).toEqual([
    change({ host: 'deployments', r: 'app' }, 1, 1, 2),
    change({ host: 'deployments', r: 'app' }, 2, 2, 3),
  ]);
  expect(running.stat('http_post3', 'working_cardinality')).toBe(1);
});

test.each([
  ['swarmAutoscale', 'service', 'swarm_autoscale2'],
  ['ec2Autoscale', 'group', 'ec2_autoscale2'],
])('%s names what it scaled by the tag the name came from', (node, thing, name) => {
  const running = new RunningScript(
    script(node, `        .${thing}NameTag('host')\n        .replicas(lambda: int("v"))`),
    worldOf({ a: 1 }),
  );
  running.write('m,host=a v=2 1000000000');
  expect([running.posted('o'), running.stat(name, 'increase_events')]).toEqual([[change({ host: 'a' }, 1, 1, 2)], 1]);
  const output = `output${thing === 'service' ? 'Service' : 'Group'}NameTag`;
  const other = new RunningScript(
    script(node, `        .${thing}Name('a')\n        .${output}('of')\n        .replicas(lambda: int("v"))`),
    worldOf({ a: 1 }),
  );
  other.write('m,host=b v=2 1000000000');
  expect(other.posted('o')).toEqual([change({ host: 'b', of: 'a' }, 1, 1, 2)]);
});

test.each([
  ['k8sAutoscale', '', 'must specify exactly one of ResourceName or ResourceNameTag'],
  [
    'k8sAutoscale',
    ".resourceName('a').resourceNameTag('b')",
    'must specify exactly one of ResourceName or ResourceNameTag',
  ],
  [
    'k8sAutoscale',
    ".resourceName('a').kind('replicationcontrollers')",
    "invalid Kind, must be 'deployments', 'replicasets' or 'replicationcontrollers', got replicationcontrollers",
  ],
  ['k8sAutoscale', ".resourceName('a').min(0)", 'min must be >= 1, got 0'],
  ['k8sAutoscale', ".resourceName('a')", 'must provide a replicas lambda expression'],
  ['swarmAutoscale', '', 'must specify exactly one of ServiceName or ServiceNameTag'],
  ['ec2Autoscale', '', 'must specify exactly one of GroupName or GroupNameTag'],
  [
    'k8sAutoscale',
    ".resourceName('a').cluster('x').replicas(lambda: 1)",
    'cannot use the k8sAutoscale node, could not create kubernetes client: unknown kubernetes cluster "x", cannot get client',
  ],
  [
    'swarmAutoscale',
    ".serviceName('a').cluster('x').replicas(lambda: 1)",
    'cannot use the swarmAutoscale node, could not create swarm client: unknown swarm cluster "x", cannot get client',
  ],
  [
    'ec2Autoscale',
    ".groupName('a').cluster('x').replicas(lambda: 1)",
    'cannot use the EC2Autoscale node, could not create ec2 client: unknown ec2 cluster "x", cannot get client',
  ],
])('%s with %j is refused', (node, properties, message) => {
  expect(() => new RunningScript(script(node, `        ${properties}`))).toThrow(message);
});
