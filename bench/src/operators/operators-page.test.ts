import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { OperatorReport, OperatorRow } from './operator-row.ts';
import { operatorsPage } from './operators-page.ts';

const row = (fields: Partial<OperatorRow>): OperatorRow => ({
  ...{ operator: 'one', label: 'One', case: 'a case', records: 100, output: 100, recordsPerSecondPerCore: 50_000 },
  ...{ recordsPerSecond: 40_000, published: 2000, ratio: 25, verified: true, problems: [], ...fields },
});
const report = (...rows: OperatorRow[]): OperatorReport => ({
  ...{ date: '2026-12-01', machine: '2 cores', recordsEach: 100, assets: 10, latencyMs: 2, rows },
});

test('the page tells what falls short, what was not measured and why, and what was not verified', () => {
  const page = operatorsPage(
    report(
      row({}),
      row({ label: 'Slow', recordsPerSecondPerCore: 12_000, ratio: 6 }),
      row({ label: 'Ours', published: null, ratio: null }),
      row({ label: 'Outside', recordsPerSecondPerCore: null, published: null, ratio: null, reason: 'is elsewhere' }),
      row({ label: 'Odd', verified: false, problems: ['one is missing'] }),
    ),
  );
  const lines = page.split('\n').filter((line) => line.startsWith('| '));
  assert.deepEqual(lines.slice(2), [
    '| One | 50,000 | 40,000 | 2,000 | 25 |  |',
    '| Slow | 12,000 | 40,000 | 2,000 | **6** |  |',
    '| Ours | 50,000 | 40,000 |  |  |  |',
    '| Outside |  | 40,000 |  |  | is elsewhere |',
    '| Odd | 50,000 | 40,000 | 2,000 | 25 | not verified: one is missing |',
  ]);
  assert.match(page, /^1 of the 2 that EnOS has a figure of reach 10 times it\. Less than that: Slow \(6\)\.$/m);
  assert.match(operatorsPage(report(row({}))), /^All 1 that EnOS has a figure of reach 10 times it\.$/m);
});

test('the page of the documentation is the one that is made of its figures', () => {
  const docs = new URL('../../../docs/', import.meta.url);
  const figures = JSON.parse(readFileSync(new URL('figures/operators.json', docs), 'utf8')) as OperatorReport;
  assert.equal(readFileSync(new URL('operator-speed.md', docs), 'utf8'), operatorsPage(figures));
});
