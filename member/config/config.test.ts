import { describe, expect, test } from 'vitest';
import { loadConfig, printConfig, type ConfigSources } from './config.ts';
import { nearest } from './nearest.ts';

function load(file: string | null, more: Partial<ConfigSources> = {}): ReturnType<typeof loadConfig> {
  return loadConfig({ file, environment: {}, flags: {}, dataDirWithoutFile: '/home/x/.kapacitor', ...more });
}

function loaded(file: string | null, more: Partial<ConfigSources> = {}) {
  const result = load(file, more);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function refusal(file: string, more: Partial<ConfigSources> = {}): string {
  const result = load(file, more);
  return result.ok ? 'accepted' : result.error;
}

describe('what a member runs with', () => {
  test('without a file all data lies under the data folder of the caller', () => {
    const { config } = loaded(null);
    expect([config.data_dir, config.storage.boltdb, config.replay.dir]).toEqual([
      '/home/x/.kapacitor',
      '/home/x/.kapacitor/kapacitor.db',
      '/home/x/.kapacitor/replay',
    ]);
  });

  test('the file overrides defaults, the environment the file, flags the environment', () => {
    const { config } = loaded('data_dir = "/d"\nhostname = "a"\n[logging]\nlevel = "INFO"\n[alert]\nredundancy = 2\n', {
      environment: {
        KAPACITOR_HOSTNAME: 'b',
        KAPACITOR_ALERT_DELAY_PER_MEMBER: '2s',
        KAPACITOR_LOGGING_LEVEL: 'DEBUG',
      },
      flags: { logLevel: 'ERROR' },
    });
    expect([config.hostname, config.alert.redundancy, config.alert['delay-per-member'], config.logging.level]).toEqual([
      'b',
      2,
      2_000_000_000n,
      'ERROR',
    ]);
  });

  test('lists in the environment take an index and reach only elements that exist', () => {
    const { config } = loaded('data_dir = "/d"\n[[influxdb]]\nname = "one"\nurls = ["http://a:1", "http://b:1"]\n', {
      environment: {
        KAPACITOR_INFLUXDB_0_URLS_1: 'http://c:1',
        KAPACITOR_INFLUXDB_1_NAME: 'two',
        KAPACITOR_INFLUXDB_0_URLS_2: 'http://d:1',
      },
    });
    expect(config.influxdb.map(({ name, urls }) => [name, urls])).toEqual([['one', ['http://a:1', 'http://c:1']]]);
  });

  test('a plain [slack] is the one element of the repeating section', () => {
    expect(loaded('data_dir = "/d"\n[slack]\nchannel = "#ops"\n').config.slack.map(({ channel }) => channel)).toEqual([
      '#ops',
    ]);
  });

  test('what is printed reads back to the same configuration', () => {
    const { config } = loaded(
      'data_dir = "/d \\"q\\""\n[[influxdb]]\nname="x"\n[influxdb.subscriptions]\n"my db" = ["a", "b"]\n[udf.functions.f]\nprog = "/p"\nargs = ["-u"]\ntimeout = "10s"\n[udf.functions.f.env]\nA = "b"\n',
    );
    expect(loaded(printConfig(config))).toEqual({ config, warnings: [] });
  });
});

describe('D3: an unknown key is a warning that names the nearest known one', () => {
  test('at the top level and in a section', () => {
    expect(loaded('data_dir = "/d"\nhostnam = "a"\n[alert]\nredundansy = 2\n').warnings).toEqual([
      'unknown key "hostnam" is ignored; did you mean "hostname"?',
      'unknown key "redundansy" in [alert] is ignored; did you mean "redundancy"?',
    ]);
  });

  test('in the table of a function', () => {
    const { warnings } = loaded('data_dir = "/d"\n[udf.functions.f]\nprogg = "/p"\nprog = "/p"\ntimeout = "1s"\n');
    expect(warnings).toEqual(['unknown key "progg" in [udf.functions.f] is ignored; did you mean "prog"?']);
  });

  test('a word that resembles nothing gets no suggestion', () => {
    expect(nearest('zzzzzz', ['hostname', 'data_dir'])).toBeNull();
  });
});

describe('a bad value stops the start with one line naming key, value and what is allowed', () => {
  test.each([
    ['[cluster]\nroles = ["master"]', '[cluster] roles = ["master"]: must be ["worker"], the only role there is'],
    ['[cluster]\ngossip-members = -1', '[cluster] gossip-members = -1: must be 0 or more'],
    ['[alert]\nredundancy = "two"', '[alert] redundancy = "two": must be a whole number'],
    [
      '[alert]\ndelay-per-member = "10"',
      '[alert] delay-per-member = "10": must be a duration such as "10s" or "1m30s"',
    ],
    [
      '[http]\nbind-address = "9092"',
      '[http] bind-address = "9092": must be host:port or :port with a port from 0 to 65535',
    ],
    [
      '[enterprise]\nlicense-key = "a"\nlicense-path = "b"',
      '[enterprise] license-key and license-path are both set: only one of the two is allowed',
    ],
    [
      '[[influxdb]]\nsubscription-mode = "member"',
      '[[influxdb]] number 1 subscription-mode = "member": must be one of "cluster", "server"',
    ],
    [
      '[[kubernetes]]\nenabled = true\nid = "k"',
      '[[kubernetes]] "k" api-servers = []: must be a list of at least one URL',
    ],
    [
      '[kubernetes]\nenabled = true\nin-cluster = true\ntoken = "t"',
      '[[kubernetes]] "" token: must be empty together with in-cluster = true',
    ],
    ['[[swarm]]\nenabled = true\nid = "s"', '[[swarm]] "s" servers = []: must be a list of at least one URL'],
    ['[[ec2]]\nenabled = true\nid = "e"', '[[ec2]] "e" region = "": must be set when enabled'],
    ['[deadman]\nglobal = true\ninterval = "0s"', '[deadman] interval = "0s": must be longer than 0s when global'],
    [
      '[udf.functions.f]\nprog = "/p"',
      '[udf.functions.f] timeout = "0s": timeout is too small, it must be longer than 1ms',
    ],
    ['[udf.functions.f]\ntimeout = "1s"', '[udf.functions.f] must set either prog or socket'],
    [
      '[udf.functions.f]\ntimeout = "1s"\nsocket = "/s"\nprog = "/p"',
      '[udf.functions.f] both socket and process config provided: must be socket alone, or prog with args and env',
    ],
    [
      '[udf.functions.f]\ntimeout = "1s"\nprog = "/p"\nargs = [1]',
      '[udf.functions.f] args = [1]: must be a list of texts',
    ],
    ['[cluster\n', 'line 2, column 9: not valid TOML: Unexpected character, expected whitespace, . or ]'],
  ])('%s', (section, message) => {
    expect(refusal(`data_dir = "/d"\n${section}`)).toBe(message);
  });

  test('a secret is never part of the line', () => {
    expect(refusal('data_dir = "/d"\n[http]\nshared-secret = 5')).toBe(
      '[http] shared-secret = (a secret): must be a text in quotes',
    );
  });

  test('both licence variables of the environment are refused like both keys', () => {
    expect(
      refusal('data_dir = "/d"', { environment: { KAPACITOR_LICENSE_KEY: 'a', KAPACITOR_LICENSE_PATH: 'b' } }),
    ).toMatch(/only one of the two/);
  });

  test('a wrong value in the environment names its variable', () => {
    expect(refusal('data_dir = "/d"', { environment: { KAPACITOR_STATS_ENABLED: 'maybe' } })).toBe(
      'environment variable KAPACITOR_STATS_ENABLED: "maybe" cannot be used for a bool',
    );
  });
});
