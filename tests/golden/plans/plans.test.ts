import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { describePlan, pinnedDocuments } from './described-plan.ts';

const documents = pinnedDocuments();

describe('what a document leads to in Kafka is as it was written down (npm run pin-plans writes it)', () => {
  for (const [name, document] of documents)
    test(name, () => {
      assert.deepEqual(
        describePlan(document),
        JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')),
      );
    });

  test('nothing is written down that is not looked at', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.json'));
    const names = files.map((file) => file.replace(/\.json$/, ''));
    assert.deepEqual(names.sort(), [...documents.keys()].sort());
  });
});
