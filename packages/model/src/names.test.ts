import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTransactionalIdOf, preparationIdOf, transactionalIdOf } from './names.ts';

test('transactional ids are known by the pipeline they belong to, also where one name begins with another', () => {
  assert.equal(isTransactionalIdOf('p', transactionalIdOf('p', 0, 12)), true);
  assert.equal(isTransactionalIdOf('p', preparationIdOf('p')), true);
  assert.equal(isTransactionalIdOf('p', transactionalIdOf('p-1', 0, 12)), false);
  assert.equal(isTransactionalIdOf('p-1', transactionalIdOf('p', 1, 0)), false);
  assert.equal(isTransactionalIdOf('p', preparationIdOf('p-1')), false);
  assert.equal(isTransactionalIdOf('p', 'penstock-p-0-1-x'), false);
});
