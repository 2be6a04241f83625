import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { diffDocuments } from './diff-documents.ts';
import { unmasked } from './unmask.ts';

const stage = (instanceName: string, stageName: string, value: JsonValue, place = 1): JsonObject => ({
  instanceName,
  stageName,
  configuration: [{ name: 'limit', value }],
  uiInfo: { xPos: place },
});
const document = (...stages: JsonObject[]): JsonObject => ({ pipelineConfig: { stages } });

test('a diff names what is added, removed, changed and replaced, and not where a stage stands on the page', () => {
  const before = document(stage('A', 'x', 1), stage('B', 'x', 1), stage('C', 'x', 1));
  assert.deepEqual(diffDocuments(before, document(stage('A', 'x', 1, 7), stage('B', 'x', 1), stage('C', 'x', 1))), []);
  const changes = diffDocuments(before, document(stage('A', 'x', 2), stage('B', 'y', 1), stage('D', 'x', 1)));
  assert.deepEqual(
    changes.map(({ stage: name, kind, what }) => [name, kind, what]),
    [
      ['A', 'changed', ['limit']],
      ['B', 'replaced', ['x becomes y']],
      ['D', 'added', []],
      ['C', 'removed', []],
    ],
  );
  const titled: JsonObject = {
    pipelineConfig: { stages: [], title: 't', configuration: [{ name: 'mode', value: 1 }] },
  };
  assert.deepEqual(diffDocuments(document(), titled), [{ stage: null, kind: 'changed', what: ['mode', 'title'] }]);
});

test('what is masked is no difference, and is found by name after a reordering', () => {
  const shown = {
    list: [
      { key: 'user', value: 'u' },
      { key: 'password', value: '******' },
    ],
  };
  const wanted = {
    list: [
      { key: 'password', value: 'secret' },
      { key: 'user', value: 'u' },
    ],
  };
  assert.deepEqual(unmasked(shown, wanted), {
    value: {
      list: [
        { key: 'user', value: 'u' },
        { key: 'password', value: 'secret' },
      ],
    },
    hasSecrets: true,
  });
  assert.equal(unmasked(shown, shown).hasSecrets, false);
});
