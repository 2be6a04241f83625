import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

/** Names that a text of rules or panels uses, without what Prometheus adds to those of a histogram. */
const usedIn = (text: string): Set<string> =>
  new Set([...text.matchAll(/penstock_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|count|sum)$/, '')));

test('alert rules and the dashboard use metrics that there are', () => {
  const known = new Set(
    [...read('packages/server/src/observability/metrics.ts').matchAll(/'(penstock_[a-z_]+)'/g)].map(([, name]) => name),
  );
  for (const file of ['deploy/monitoring/alerts.yaml', 'deploy/monitoring/dashboard.json']) {
    const used = usedIn(read(file));
    assert.ok(used.size > 5, file);
    assert.deepEqual(
      [...used].filter((name) => !known.has(name)),
      [],
      file,
    );
  }
});

test('rules are complete, and what is deployed can be read', () => {
  const { groups } = parse(read('deploy/monitoring/alerts.yaml'));
  for (const rule of groups[0].rules)
    assert.ok(rule.alert && rule.expr && rule.labels.severity && rule.annotations.summary, JSON.stringify(rule));
  assert.equal(JSON.parse(read('deploy/monitoring/dashboard.json')).uid, 'penstock');
  const { services } = parse(read('deploy/docker/compose.yaml'));
  assert.deepEqual(Object.keys(services), ['kafka', 'database', 'penstock']);
  assert.match(read('deploy/docker/Dockerfile'), /^USER penstock$/m);
  assert.match(read('deploy/systemd/penstock.service'), /^KillMode=process$/m);
});
