import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkSecrets, maskDocument, unmaskDocument } from './document-secrets.ts';

const stage = (instanceName: string, ...rows: readonly (readonly [name: string, value: unknown])[]) => ({
  instanceName,
  configuration: rows.map(([name, value]) => ({ name, value })),
});
const textOf = (...stages: unknown[]) => JSON.stringify({ pipelineConfig: { stages } }, null, 1);

test('secrets are masked wherever they are, and the rest keeps its text', () => {
  const text = textOf(
    stage('A_01', ['conf.password', 'p1'], ['conf.topic', 'T'], ['conf.password.empty', '']),
    stage('B_01', [
      'kafkaClientConfigs',
      [
        { key: 'sasl.jaas.config', value: 'x' },
        { key: 'acks', value: 'all' },
      ],
    ]),
    { instanceName: 'C_01', apiKey: 12345, useToken: true, tokens: { a: 1.5 } },
  );
  assert.equal(
    maskDocument(text),
    textOf(
      stage('A_01', ['conf.password', '******'], ['conf.topic', 'T'], ['conf.password.empty', '']),
      stage('B_01', [
        'kafkaClientConfigs',
        [
          { key: 'sasl.jaas.config', value: '******' },
          { key: 'acks', value: 'all' },
        ],
      ]),
      { instanceName: 'C_01', apiKey: '******', useToken: true, tokens: { a: 1.5 } },
    ),
  );
  const plain = textOf(stage('A_01', ['conf.topic', 'T'])).replace('"T"', '1e2');
  assert.equal(maskDocument(plain), plain);
});

test('a masked secret that is saved again is the stored one, also after stages were moved; a new one counts', () => {
  const stored = textOf(stage('A_01', ['password', 'a']), stage('B_01', ['password', 'b'], ['token', 't']));
  const edited = textOf(
    stage('B_01', ['token', 'new'], ['password', '******']),
    stage('New_01', ['password', '******']),
    stage('A_01', ['password', '******'], ['note', '******']),
  );
  assert.equal(
    unmaskDocument(edited, stored),
    textOf(
      stage('B_01', ['token', 'new'], ['password', 'b']),
      stage('New_01', ['password', '******']),
      stage('A_01', ['password', 'a'], ['note', '******']),
    ),
  );
  assert.equal(unmaskDocument(edited, null), edited);
});

test('a masked secret is not put back where its stage goes elsewhere now, and the place is named', () => {
  const nested = (server: string) => [
    { key: 'bootstrap.servers', value: server },
    { key: 'sasl.password', value: '******' },
  ];
  const cases: readonly (readonly [before: object, after: object])[] = [
    [stage('A', ['conf.url', 'https://ours'], ['password', 'p']), stage('A', ['conf.url', 'https://theirs'])],
    [stage('A', ['password', 'p']), stage('A', ['conf.proxyHost', 'theirs'])],
    [stage('A', ['where', 'ours:9092'], ['password', 'p']), stage('A', ['where', 'theirs:9092'])],
    [stage('A', ['where', 'ours.example'], ['password', 'p']), stage('A', ['where', '10.0.0.1'])],
    [
      { ...stage('A', ['password', 'p']), stageName: 'one' },
      { ...stage('A'), stageName: 'another' },
    ],
    [stage('A', ['security.protocol', 'SSL'], ['password', 'p']), stage('A', ['security.protocol', 'PLAINTEXT'])],
  ];
  for (const [before, after] of cases) {
    const { configuration } = after as ReturnType<typeof stage>;
    const edited = textOf({ ...after, configuration: [...configuration, { name: 'password', value: '******' }] });
    assert.equal(unmaskDocument(edited, textOf(before)), edited);
    assert.deepEqual(
      checkSecrets(JSON.parse(edited)).map(({ code, path }) => [code, path]),
      [['SECRET_MASKED', `/pipelineConfig/stages/0/configuration/${configuration.length}/value`]],
    );
  }
  const stored = textOf(
    stage('A', ['conf.url', 'u'], ['password', 'p'], ['batch', 1]),
    stage('B', ['kafka', nested('ours:1').map((row) => ({ ...row, value: row.value.replace('******', 'k') }))]),
  );
  const edited = textOf(
    stage('B', ['kafka', nested('theirs:1')]),
    stage('A', ['batch', 2], ['password', '******'], ['conf.url', 'u'], ['comment', 'new']),
  );
  assert.equal(
    unmaskDocument(edited, stored),
    edited.replace('"password",\n      "value": "******"', '"password",\n      "value": "p"'),
    'the other stage, and other settings, are no matter',
  );
});

test('masking and saving again changes no value of any document', () => {
  const name = fc.constantFrom('password', 'topic', 'name', 'value', 'key', 'a');
  const { document } = fc.letrec((tie) => ({
    document: fc.oneof(
      { maxDepth: 5 },
      fc.jsonValue({ maxDepth: 0 }),
      fc.constantFrom('password', 'token', 's3cret'),
      fc.array(tie('document'), { maxLength: 3 }),
      fc.dictionary(name, tie('document'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(document, (value) => {
      // Two rows of one list with one name cannot be told apart: out of the property, they get unique instance names.
      const text = JSON.stringify(unique(value, { n: 0 }));
      assert.deepEqual(JSON.parse(unmaskDocument(maskDocument(text), text)), JSON.parse(text));
    }),
  );
});

const unique = (value: unknown, count: { n: number }): unknown => {
  if (Array.isArray(value)) return value.map((inner) => unique(inner, count));
  if (typeof value !== 'object' || value === null) return value;
  count.n += 1;
  const entries = Object.entries(value).map(([name, inner]) => [name, unique(inner, count)] as const);
  return Object.fromEntries([['instanceName', `I_${count.n}`], ...entries]);
};
