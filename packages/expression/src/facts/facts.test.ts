import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { compileExpression } from '../compile-expression.ts';
import { fieldsOf } from '../fields-of.ts';
import type { Value } from '../value.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const shown = (value: Value): string => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));

/** What StreamSets answers, found by trying: expression, tab, JSON of the answer or what it says instead of one. */
test('expressions give what they give in StreamSets', () => {
  const record = fieldsOf(JSON.parse(read('record.json')) as JsonObject);
  const [, ...facts] = read('streamsets.tsv').trimEnd().split('\n');
  assert.ok(facts.length > 100);
  const answerTo = (source: string): string => {
    const compiled = compileExpression(source);
    if (!compiled.ok) return 'refused when compiled';
    try {
      return shown(compiled.evaluate(record));
    } catch {
      return 'error of the record';
    }
  };
  for (const fact of facts) {
    const [source = '', expected] = fact.split('\t');
    assert.equal(answerTo(source), expected, source);
  }
});
