// Who may import whom. The table is the architecture; do not relax a row to make a build pass.
const cores = ['gossip', 'cluster', 'alerts', 'tick', 'pipeline', 'tasks', 'influx', 'config', 'api', 'handlers'];
const arrows = {
  gossip: [],
  cluster: ['gossip'],
  alerts: [],
  tick: [],
  influx: [],
  pipeline: ['tick', 'alerts', 'influx'],
  tasks: ['pipeline', 'tick', 'influx'],
  config: [],
  api: [],
  handlers: ['alerts', 'api'],
};
/** Pure npm packages a core may use. */
const packages = {
  config: ['@iarna/toml', 'zod'],
  tick: ['re2js'],
  pipeline: ['re2js'],
  tasks: ['yaml'],
  api: ['zod'],
};

const tests = '\\.(test|contract|bench)\\.tsx?$|/testing/';
const noTests = { pathNot: tests };
const alternatives = (names) => (names.length === 0 ? '(?!)' : `(${names.join('|').replaceAll('/', '\\/')})`);

const coreRules = cores.flatMap((core) => [
  {
    name: `member-${core}-imports`,
    comment: `member/${core} may import member/base and ${arrows[core].join(', ') || 'nothing else'} of our own code`,
    severity: 'error',
    from: { path: `^member/${core}/`, ...noTests },
    to: {
      path: '^(member|electron|renderer|e2e)/',
      pathNot: `^member/${alternatives([core, 'base', ...arrows[core]])}/`,
    },
  },
  {
    name: `member-${core}-packages`,
    comment: `member/${core} is pure: no node:* and no packages but ${(packages[core] ?? []).join(', ') || 'none'}`,
    severity: 'error',
    from: { path: `^member/${core}/`, ...noTests },
    to: {
      dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-peer', 'npm-optional', 'unknown'],
      pathNot: `node_modules/${alternatives(packages[core] ?? [])}/`,
    },
  },
]);

const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, ...noTests },
  to: { path: '^(member|electron|renderer|e2e)/', pathNot: allowed },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: { ...noTests },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...coreRules,
    only('member-base-imports', '^member/base/', '^member/base/', 'member/base imports the language only'),
    only(
      'member-shell-imports',
      '^member/shell/',
      '^member/(?!daemon|cli|sim)',
      'the shell knows the cores, not the compositions',
    ),
    only('member-daemon-imports', '^member/daemon/', '^member/(?!cli|sim)', 'the daemon composes cores and shell'),
    {
      name: 'compose-is-pure',
      comment: 'the wiring function is simulated, so it takes ports and never the shell',
      severity: 'error',
      from: { path: '^member/daemon/compose(\\.ts|/)', ...noTests },
      to: { path: '^member/(shell|cli|sim)/' },
    },
    only('member-cli-imports', '^member/cli/', '^member/(?!sim)', 'CLIs use everything of the member but sim'),
    only(
      'member-sim-imports',
      '^member/sim/',
      '^member/(sim|base|api|gossip|cluster|alerts|tick|pipeline|tasks|influx|config|handlers)/|^member/daemon/compose',
      'the simulator runs cores and the wiring function',
    ),
    {
      name: 'testing-for-tests',
      comment: 'what stands in a testing folder is for tests: programs, the simulator too, do without it',
      severity: 'error',
      from: { ...noTests },
      to: { path: '^(member|electron|renderer|e2e)(/|/.+/)testing/' },
    },
    only('contract-imports', '^electron/contract/', '^(electron/contract|member/(api|base))/', 'the contract is pure'),
    {
      name: 'contract-packages',
      severity: 'error',
      from: { path: '^electron/contract/', ...noTests },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'unknown'], pathNot: 'node_modules/zod/' },
    },
    only(
      'electron-imports',
      '^electron/(?!contract)',
      '^(electron|member/(api|base|config))/',
      'a member is a process, not a library',
    ),
    {
      name: 'electron-only-in-window',
      comment: 'only main, preload and window/ may import electron: everything else also runs in the browser host',
      severity: 'error',
      from: {
        path: '^(electron|member|renderer)/',
        pathNot: ['^electron/(main|preload)\\.ts$', '^electron/window/', tests],
      },
      to: { path: 'node_modules/electron/' },
    },
    only(
      'renderer-imports',
      '^renderer/',
      '^(renderer|electron/contract|member/(api|base|tick|pipeline|influx|alerts))/',
      'the page sees the contract',
    ),
    {
      name: 'renderer-no-node',
      severity: 'error',
      from: { path: '^renderer/', ...noTests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-feature-to-feature',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/([^/]+)/', pathNot: '^renderer/features/$1/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|release|\\.cache|gen)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json', '.css'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
