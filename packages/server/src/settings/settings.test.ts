import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from './settings.ts';
import { settingsReference } from './settings-reference.ts';

const defaults = {
  host: '127.0.0.1',
  port: 8080,
  dataDir: '/srv/.penstock',
  programsDir: '/srv/.penstock/programs',
  databaseTimeoutMs: 15_000,
  logLevel: 'info',
  trustProxy: false,
  supervise: true,
  requireSignature: false,
  hosts: [],
  sessions: { lifetimeMs: 168 * 3600_000, idleMs: 8 * 3600_000 },
  passwords: true,
  stopWorkersOnExit: false,
  cu: { memoryMb: 2048, threads: 1 },
  limits: {
    pipelinesPerOrganization: 50,
    assetsPerOrganization: 200_000,
    designingCu: 1,
    ownLibraries: 20,
    libraryBytes: 500_000,
    documentBytes: 2_000_000,
    bodyBytes: 5_000_000,
    tokenRequestsPerMinute: 120,
    previews: 2,
    eventsPerMinute: 30,
    streams: 20,
  },
  alarms: { giveUpMs: 24 * 3600_000, resourcePercent: 80 },
  outboundNetworks: [],
  keep: {
    events: { number: 2000, bytes: 1_000_000, days: 90 },
    versions: { number: 100, bytes: 20_000_000, days: 730 },
    runs: { number: 200, bytes: 2_000_000, days: 365 },
    audit: { number: 100_000, bytes: 50_000_000, days: 365 },
    changes: { number: 50_000, bytes: 20_000_000, days: 2 },
    deliveries: { number: 5000, bytes: 5_000_000, days: 90 },
    incidents: { number: 20_000, bytes: 10_000_000, days: 365 },
    usage: { number: 50_000, bytes: 10_000_000, days: 400 },
    samples: { days: 90 },
    stageSamples: { number: 5000, bytes: 8_000_000, days: 30 },
    deadLetters: { days: 30, bytes: 1_000_000_000 },
  },
};

test('nothing set gives the defaults', () => {
  assert.deepEqual(loadSettings({ PENSTOCK_PORT: '' }, '/srv'), defaults);
});

test('the environment wins over the file, the file over the defaults', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-settings-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const file = { port: 9000, host: '0.0.0.0', kafka: { bootstrapServers: 'a:1,b:2', sasl: { username: 'u' } } };
  writeFileSync(join(cwd, 'penstock.config.json'), JSON.stringify(file));
  const settings = loadSettings({ PENSTOCK_PORT: '9001', KAFKA_SASL_PASSWORD: 'p', PENSTOCK_DATA: '/data' }, cwd);
  assert.deepEqual(settings, {
    ...defaults,
    host: '0.0.0.0',
    port: 9001,
    dataDir: '/data',
    programsDir: '/data/programs',
    kafka: { bootstrapServers: 'a:1,b:2', sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' } },
  });
});

test('TLS certificates are given as text or as files', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-settings-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'ca.pem'), 'from a file');
  const pem = '-----BEGIN CERTIFICATE-----\nx';
  const env = { KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TLS_CA: 'ca.pem', KAFKA_TLS_CERT: pem };
  assert.deepEqual(loadSettings(env, cwd).kafka?.tls, { ca: 'from a file', cert: pem });
  assert.deepEqual(loadSettings({ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TLS_ENABLED: 'true' }, cwd).kafka?.tls, {});
});

const wrong: readonly [env: Record<string, string>, named: RegExp][] = [
  [{ PENSTOCK_PORT: '80 80' }, /PENSTOCK_PORT must be a whole number from 0 to 65535/],
  [{ PENSTOCK_PORT: '70000' }, /PENSTOCK_PORT/],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must be a URL like postgres:/],
  [{ KAFKA_BOOTSTRAP_SERVERS: 'localhost' }, /KAFKA_BOOTSTRAP_SERVERS must be host:port/],
  [{ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_SASL_USERNAME: 'u' }, /KAFKA_SASL_PASSWORD/],
  [{ KAFKA_BOOTSTRAP_SERVERS: 'a:1', KAFKA_TLS_CA: '/nonexistent.pem' }, /KAFKA_TLS_CA/],
  [{ PENSTOCK_TRUST_PROXY: 'maybe' }, /PENSTOCK_TRUST_PROXY must be false, the number of proxies/],
  [{ PENSTOCK_STOP_WORKERS_ON_EXIT: 'yes' }, /PENSTOCK_STOP_WORKERS_ON_EXIT must be true or false/],
  [{ PENSTOCK_CONFIG: '/nonexistent.json' }, /nonexistent\.json/],
  [{ PENSTOCK_SPARK_JARS: '/jars' }, /needs HADOOP_CONF_DIR and PENSTOCK_SPARK_DRIVER_JAR as well/],
  [{ HADOOP_CONF_DIR: '/etc', PENSTOCK_YARN_QUEUE: 'q' }, /needs PENSTOCK_SPARK_JARS and PENSTOCK_SPARK_DRIVER_JAR/],
  [{ PENSTOCK_YARN_QUEUE: 'a b' }, /PENSTOCK_YARN_QUEUE must be the name of a queue/],
  [{ PENSTOCK_STAGING_DIR: '/tmp' }, /PENSTOCK_STAGING_DIR must be a URI/],
  [{ PENSTOCK_YARN_RM_URL: 'rm:8088' }, /PENSTOCK_YARN_RM_URL must be http/],
];

for (const [env, named] of wrong)
  test(`a wrong setting is named: ${JSON.stringify(env)}`, () => {
    assert.throws(() => loadSettings(env, '/srv'), { code: 'SETTINGS_INVALID', message: named });
  });

const clusterFixture = (t: { after(cleanup: () => void): unknown }) => {
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-settings-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  for (const folder of ['conf', 'jars', 'empty']) mkdirSync(join(cwd, folder));
  for (const file of ['conf/yarn-site.xml', 'jars/spark-yarn_2.12-3.5.5.jar', 'driver.jar', 'keytab'])
    writeFileSync(join(cwd, file), '');
  const env = { HADOOP_CONF_DIR: 'conf', PENSTOCK_SPARK_JARS: 'jars', PENSTOCK_SPARK_DRIVER_JAR: 'driver.jar' };
  return { cwd, env };
};

test('a cluster is three paths, and more where it has to be', (t) => {
  const { cwd, env } = clusterFixture(t);
  const paths = {
    hadoopConfDir: join(cwd, 'conf'),
    sparkJars: join(cwd, 'jars'),
    driverJar: join(cwd, 'driver.jar'),
  };
  assert.deepEqual(loadSettings(env, cwd).cluster, { ...paths, sparkOnNodes: false });
  const more = {
    PENSTOCK_SPARK_ON_NODES: 'true',
    PENSTOCK_YARN_QUEUE: 'root.streams',
    PENSTOCK_STAGING_DIR: 'hdfs://nn/p',
    PENSTOCK_KERBEROS_PRINCIPAL: 'p/h@R',
    PENSTOCK_KERBEROS_KEYTAB: 'keytab',
    PENSTOCK_YARN_RM_URL: 'http://a:1,https://b:2/',
  };
  assert.deepEqual(loadSettings({ ...env, ...more }, cwd).cluster, {
    ...paths,
    sparkOnNodes: true,
    queue: 'root.streams',
    stagingDir: 'hdfs://nn/p',
    kerberos: { principal: 'p/h@R', keytab: join(cwd, 'keytab') },
    resourceManagerUrls: ['http://a:1', 'https://b:2'],
  });
});

test('what does not exist is said, and that a principal needs its keytab', (t) => {
  const { cwd, env } = clusterFixture(t);
  const wrongOnes: readonly [Record<string, string>, RegExp][] = [
    [{ HADOOP_CONF_DIR: 'empty' }, /HADOOP_CONF_DIR names the folder ".*empty", which holds no yarn-site\.xml/],
    [{ PENSTOCK_SPARK_JARS: 'empty' }, /PENSTOCK_SPARK_JARS names the folder ".*empty", which holds no spark-yarn/],
    [{ PENSTOCK_SPARK_DRIVER_JAR: 'none.jar' }, /PENSTOCK_SPARK_DRIVER_JAR names the file ".*none\.jar", which does/],
    [{ PENSTOCK_KERBEROS_PRINCIPAL: 'p' }, /PENSTOCK_KERBEROS_KEYTAB must be given together/],
  ];
  for (const [over, named] of wrongOnes)
    assert.throws(() => loadSettings({ ...env, ...over }, cwd), { code: 'SETTINGS_INVALID', message: named });
});

test('HADOOP_CONF_DIR alone, which many shells set, is no cluster', () => {
  assert.deepEqual(loadSettings({ HADOOP_CONF_DIR: '/etc/hadoop' }, '/srv'), defaults);
});

test('an unknown key of the file is named', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-settings-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'penstock.config.json'), '{"kafka":{"servers":"a:1"}}');
  assert.throws(() => loadSettings({}, cwd), { message: /unknown key "kafka\.servers"/ });
});

test('docs/settings.md is what the table says', () => {
  const path = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'settings.md');
  assert.equal(readFileSync(path, 'utf8'), settingsReference());
});

test('a secret is read from the file that its variable with _FILE names', (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-settings-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  writeFileSync(join(cwd, 'secret'), 'a-token-of-enough-length\n');
  const { adminToken, adminTokenFile } = loadSettings({ PENSTOCK_ADMIN_TOKEN_FILE: 'secret' }, cwd);
  assert.deepEqual([adminToken, adminTokenFile], ['a-token-of-enough-length', join(cwd, 'secret')]);
  assert.throws(() => loadSettings({ DATABASE_URL_FILE: 'secret' }, cwd), /DATABASE_URL must be a URL/);
  assert.throws(() => loadSettings({ DATABASE_URL_FILE: 'none' }, cwd), /DATABASE_URL_FILE names a file/);
  assert.throws(
    () => loadSettings({ PENSTOCK_ADMIN_TOKEN_FILE: 'secret', PENSTOCK_ADMIN_TOKEN: 'x' }, cwd),
    /either PENSTOCK_ADMIN_TOKEN or PENSTOCK_ADMIN_TOKEN_FILE/,
  );
});

test('proxies in front are believed by their number or their addresses', () => {
  const proxies = (given: string) => loadSettings({ PENSTOCK_TRUST_PROXY: given }, '/srv').trustProxy;
  assert.deepEqual(['false', '0', 'true', '1', '2', '10.0.0.0/8, fd00::/8'].map(proxies), [
    false,
    false,
    1,
    1,
    2,
    '10.0.0.0/8, fd00::/8',
  ]);
  for (const wrong of ['yes', '17', 'proxy.local', '10.0.0.0/8 and more'])
    assert.throws(() => proxies(wrong), /PENSTOCK_TRUST_PROXY/);
});

test('bootstrap servers may be IPv6 addresses, with blanks and a comma at the end', () => {
  const servers = (given: string) => loadSettings({ KAFKA_BOOTSTRAP_SERVERS: given }, '/srv').kafka?.bootstrapServers;
  assert.equal(servers('[::1]:9092'), '[::1]:9092');
  assert.equal(servers('a:1, [fe80::1%eth0]:2 ,b.example:3,'), 'a:1,[fe80::1%eth0]:2,b.example:3');
  for (const wrong of ['::1:9092', 'a', 'a:1,,b:2', ',', '[::1]', 'a:1 b:2'])
    assert.throws(() => servers(wrong), /KAFKA_BOOTSTRAP_SERVERS/);
});
