import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readHadoopConfiguration, resourceManagerUrls } from './hadoop-configuration.ts';

const property = (name: string, value: string, more = ''): string =>
  `<property><name>${name}</name><value>${value}</value>${more}</property>`;
const site = (...properties: string[]): string =>
  `<?xml version="1.0"?><configuration>${properties.join('\n')}</configuration>`;

const folder = (t: TestContext, files: Record<string, string>): string => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-conf-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ 'yarn-site.xml': site(), ...files }))
    writeFileSync(join(dir, name), text);
  return dir;
};
const read = (t: TestContext, files: Record<string, string>, env: Record<string, string> = {}) =>
  readHadoopConfiguration(folder(t, files), env);

test('later files win, except over what is final', (t) => {
  const conf = read(t, {
    'core-site.xml': site(property('a', '1'), property('b', '1', '<final>true</final>'), property('c', ' x&amp;y ')),
    'yarn-site.xml': site('<!-- a comment -->', property('a', '2'), property('b', '2')),
  });
  assert.deepEqual(['a', 'b', 'c', 'd'].map(conf.get), ['2', '1', 'x&y', undefined]);
});

test('variables are filled in, from other settings and the environment; what is unknown stays', (t) => {
  const conf = read(
    t,
    {
      'core-site.xml': site(
        property('root', '/${kind}/${user.name}'),
        property('kind', '${env.KIND}'),
        property('fallback', '${env.NONE:-x}${env.NONE-y}'),
        property('unknown', 'a${nope}b'),
        property('loop', '${loop}'),
      ),
    },
    { KIND: 'data', HADOOP_USER_NAME: 'me' },
  );
  assert.deepEqual(['root', 'fallback', 'unknown', 'loop'].map(conf.get), ['/data/me', 'xy', 'a${nope}b', '${loop}']);
});

test('a file that is not XML is named', (t) => {
  const dir = folder(t, { 'core-site.xml': '<configuration><property>' });
  assert.throws(() => readHadoopConfiguration(dir), {
    code: 'HADOOP_CONFIGURATION_INVALID',
    message: /core-site\.xml" cannot be read/,
  });
});

test('entities of other files are not read', (t) => {
  const dir = folder(t, {
    'core-site.xml': `<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>${site(property('a', '&x;')).slice(21)}`,
  });
  assert.throws(() => readHadoopConfiguration(dir), { code: 'HADOOP_CONFIGURATION_INVALID' });
});

test('a folder without yarn-site.xml is no cluster', () => {
  assert.throws(() => readHadoopConfiguration('/nowhere'), { message: /"\/nowhere", which holds no yarn-site\.xml/ });
});

const RM = 'yarn.resourcemanager';
const cases: readonly [name: string, properties: readonly [string, string][], urls: string[]][] = [
  ['nothing said', [], ['http://localhost:8088']],
  ['a host', [[`${RM}.hostname`, 'rm']], ['http://rm:8088']],
  [
    'an address by a variable',
    [
      [`${RM}.hostname`, 'rm'],
      [`${RM}.webapp.address`, `\${${RM}.hostname}:81`],
    ],
    ['http://rm:81'],
  ],
  ['an address that means everywhere', [[`${RM}.webapp.address`, '0.0.0.0:8088']], ['http://localhost:8088']],
  [
    'https',
    [
      [`${RM}.hostname`, 'rm'],
      ['yarn.http.policy', 'HTTPS_ONLY'],
    ],
    ['https://rm:8090'],
  ],
  [
    'high availability',
    [
      [`${RM}.ha.enabled`, 'true'],
      [`${RM}.ha.rm-ids`, 'a, b'],
      [`${RM}.hostname.a`, 'one'],
      [`${RM}.webapp.address.b`, 'two:99'],
    ],
    ['http://one:8088', 'http://two:99'],
  ],
];

for (const [name, properties, urls] of cases)
  test(`the ResourceManager is found with ${name}`, (t) => {
    const conf = read(t, { 'yarn-site.xml': site(...properties.map(([key, value]) => property(key, value))) });
    assert.deepEqual(resourceManagerUrls(conf), urls);
  });
