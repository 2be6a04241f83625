import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { defaultStageSettings, readStageSettings } from './stage-settings.ts';

const read = (rows: Readonly<Record<string, unknown>>) =>
  readStageSettings({
    instanceName: 'S_01',
    pointer: '/stages/3',
    configuration: new Map(Object.entries(rows) as [string, JsonValue][]),
    configurationRows: new Map(Object.keys(rows).map((name, index) => [name, index])),
  });

test('defaults apply where a document says nothing', () => {
  assert.deepEqual(read({}), { settings: defaultStageSettings, issues: [] });
  assert.deepEqual(read({ stageOnRecordError: null, stageRequiredFields: null, qualityFilter: '' }).issues, []);
});

test('settings are read under their names in documents', () => {
  const { settings, issues } = read({
    stageOnRecordError: 'STOP_PIPELINE',
    stageRequiredFields: ['/value', '/attr/x[0]/id'],
    stageRecordPreconditions: ["${record:value('/value') > 0}"],
    qualityFilter: 'GOOD_AND_NOT_TAGGED',
  });
  assert.deepEqual(issues, []);
  assert.deepEqual(settings, {
    onRecordError: 'STOP_PIPELINE',
    requiredFields: ['/value', '/attr/x[0]/id'],
    preconditions: ["${record:value('/value') > 0}"],
    qualityFilter: 'GOOD_AND_NOT_TAGGED',
  });
});

test('what is wrong is named by pointer', () => {
  const { issues } = read({
    stageOnRecordError: 'IGNORE',
    stageRequiredFields: ['value', 7],
    stageRecordPreconditions: ['${recrd:value()}', 'true'],
    qualityFilter: ['NONE'],
  });
  assert.deepEqual(
    issues.map((issue) => [issue.path, issue.stage, issue.severity]),
    [
      '/stages/3/configuration/0/value',
      '/stages/3/configuration/1/value/0',
      '/stages/3/configuration/1/value/1',
      '/stages/3/configuration/2/value/0',
      '/stages/3/configuration/2/value/1',
      '/stages/3/configuration/3/value',
    ].map((path) => [path, 'S_01', 'error']),
  );
  assert.match(issues[3]?.message ?? '', /at 2: .*record:value/);
  assert.deepEqual(issues[3]?.at, { offset: 2, length: 'recrd:value'.length });
});

test('never throws, whatever the values are', () => {
  const rows = fc.record({
    stageOnRecordError: fc.jsonValue(),
    stageRequiredFields: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
    stageRecordPreconditions: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
    qualityFilter: fc.jsonValue(),
  });
  fc.assert(
    fc.property(rows, (values) => {
      const { settings } = read(values);
      assert.equal(typeof settings.onRecordError, 'string');
      assert.ok(settings.requiredFields.every((path) => typeof path === 'string'));
    }),
  );
});
