import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operator } from '@penstock/client/session';
import { operators } from '@penstock/operators';
import { readersOf } from '../document/lanes.ts';
import { idOf, stagesOf } from '../document/shape.ts';
import { BEGINNING_NAMES, BEGINNINGS } from './beginnings.ts';
import { documentOf } from './first-document.ts';

/** As the API tells of an operator, as far as it matters here. */
const told = (id: string, kind: string): Operator => ({
  id,
  kind,
  label: id,
  stageName: `stage_${id}`,
  library: 'lib',
  version: 1,
  instancePrefix: id,
  libraries: [],
  category: kind,
  keywords: [],
  summary: '',
  description: '',
  stateful: false,
  cluster: true,
  config: { type: 'object', properties: {} },
  examples: [],
});

test('every beginning of stages begins with a source and ends with a target that there are', () => {
  const kinds = new Map(operators.map(({ id, kind }) => [id, kind]));
  for (const name of BEGINNING_NAMES) {
    const found = BEGINNINGS[name].map((id) => kinds.get(id));
    assert.deepEqual(found, name === 'empty' ? [] : ['source', 'processor', 'target'], name);
  }
});

test('the operators of a beginning lie one behind the other, and their records go on', () => {
  const all = operators.map(({ id, kind }) => told(id, kind));
  const document = documentOf('First', 'limits', all);
  const ids = stagesOf(document).map(idOf);
  assert.equal(ids.length, 3);
  assert.deepEqual(
    ids.map((id) => readersOf(document, id)),
    [[ids[1]], [ids[2]], []],
  );
  assert.deepEqual(stagesOf(documentOf('First', 'empty', all)), []);
});

test('what the service does not have is left out, and the rest is joined', () => {
  const some = operators.filter(({ kind }) => kind !== 'processor').map(({ id, kind }) => told(id, kind));
  const document = documentOf('First', 'script', some);
  const [source, target] = stagesOf(document).map(idOf);
  assert.deepEqual(readersOf(document, source ?? ''), [target]);
});
