import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadRunSpec } from './load-run-spec.ts';

const folder = mkdtempSync(join(tmpdir(), 'penstock-spec-'));
after(() => rmSync(folder, { recursive: true }));
const fileOf = (text: string): string => {
  const file = join(folder, 'run.json');
  writeFileSync(file, text);
  return file;
};
const sampleOf = (name: string): string =>
  fileURLToPath(import.meta.resolve(`@penstock/model/messages/samples/${name}.json`));
const changed = (change: object): string =>
  fileOf(JSON.stringify({ ...JSON.parse(readFileSync(sampleOf('run-specification'), 'utf8')), ...change }));

for (const name of ['run-specification', 'run-specification-first', 'run-specification-cluster'])
  test(`the sample ${name} is read as it is`, () => {
    assert.deepEqual(loadRunSpec(sampleOf(name)), JSON.parse(readFileSync(sampleOf(name), 'utf8')));
  });

test('what is no run specification is refused without quoting it', () => {
  assert.throws(() => loadRunSpec(undefined), /started with the path/);
  assert.throws(() => loadRunSpec(join(folder, 'none.json')), /cannot be read: ENOENT/);
  for (const text of ['', '{"kafka":{"sasl":{"password":"hush"', '[]', 'null', '"hush"', '{"kafka":"hush"}'])
    assert.throws(
      () => loadRunSpec(fileOf(text)),
      (error: Error) => /cannot be (read|used)/.test(error.message) && !error.message.includes('hush'),
    );
});

test('the first thing that is wrong is named', () => {
  assert.throws(() => loadRunSpec(changed({ threads: 0 })), /: \/threads must be >= 1\./);
  assert.throws(() => loadRunSpec(changed({ kafkaRate: 'fast' })), /: \/kafkaRate must be integer\./);
  assert.throws(() => loadRunSpec(changed({ control: {} })), /: \/control must have required property/);
});

test('a newer version is refused as such, whatever else is in it; what an equal one adds is passed over', () => {
  assert.throws(() => loadRunSpec(fileOf('{"protocol":2}')), /is of version 2, this worker knows version 1/);
  assert.equal(loadRunSpec(changed({ addition: true })).runId, 'run-1');
});
