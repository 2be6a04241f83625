import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OperatorDefinition, OperatorQuery } from '@penstock/engine';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';
import { LIBRARY } from './shared/libraries.ts';

const query = (fields: Partial<OperatorQuery>): OperatorQuery => ({
  stageName: '',
  library: '',
  stageVersion: '',
  label: '',
  instanceName: 'Stage_01',
  ...fields,
});
const registry = createRegistry(operators);
const idOf = (fields: Partial<OperatorQuery>): string | undefined => registry.resolve(query(fields))?.id;
const remark = (fields: Partial<OperatorQuery>): string | undefined => registry.remark?.(query(fields));

describe('a stage of a library that is not known', () => {
  const foreign = { library: 'acme-lib', stageName: 'com_acme_Late' };
  test('is guessed by its label or instance name, and that is said', () => {
    assert.equal(idOf({ ...foreign, label: 'Late Point Tagger 2' }), 'late-point-tagger');
    assert.match(
      remark({ ...foreign, label: 'Late Point Tagger' }) ?? '',
      /"com_acme_Late".*by its label.*Late Point Tagger/,
    );
    assert.equal(idOf({ ...foreign, instanceName: 'PointSelector_03' }), 'point-selector');
    assert.match(remark({ ...foreign, instanceName: 'PointSelector_03' }) ?? '', /by its instance name/);
    assert.equal(idOf({ ...foreign, label: 'Something' }), undefined);
  });
  test('with a stage name that is known is no guess', () => {
    const known = { library: 'acme-lib', stageName: 'com_penstock_stage_processor_LatePointTagger' };
    assert.deepEqual([idOf(known), remark(known)], ['late-point-tagger', undefined]);
  });
});

test('a stage of our own library is never guessed', () => {
  assert.equal(
    idOf({ library: LIBRARY, stageName: 'com_penstock_stage_processor_Nothing', label: 'Trash' }),
    undefined,
  );
});

test('versions stand side by side, and one that is not installed is told', () => {
  const [one] = operators.filter(({ id }) => id === 'late-point-tagger');
  assert.ok(one);
  const two: OperatorDefinition = { ...one, version: 2 };
  for (const definitions of [
    [one, two],
    [two, one],
  ]) {
    const both = createRegistry(definitions);
    const stage: Partial<OperatorQuery> = { library: one.library, stageName: one.stageName };
    assert.equal(both.resolve(query({ ...stage, stageVersion: '1' })), one);
    assert.equal(both.resolve(query({ ...stage, stageVersion: '2' })), two);
    assert.equal(both.resolve(query(stage)), two);
    assert.equal(both.resolve(query({ label: one.label })), two);
    assert.equal(both.remark?.(query({ ...stage, stageVersion: '1' })), undefined);
    assert.match(
      both.remark?.(query({ ...stage, stageVersion: '3' })) ?? '',
      /version 3 .* not installed; version 2 is used/,
    );
  }
  assert.throws(() => createRegistry([one, { ...one }]), /both go by the name/);
  assert.throws(() => createRegistry([one, { ...one, id: 'other', version: 9 }]), /both go by the name/);
});
