import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { parser } from '@prometheus-io/lezer-promql';
import { DockerfileParser } from 'dockerfile-ast';
import { parse } from 'yaml';
import {
  alertRules,
  dashboardExpressions,
  metricNamesIn,
  readDeployed,
  syntaxErrorsIn,
} from './testing/monitoring-files.ts';

const exists = (path: string): boolean => existsSync(new URL(`../../../../${path}`, import.meta.url));

test('every expression of the rules and the dashboard is PromQL', () => {
  assert.deepEqual(syntaxErrorsIn(parser, 'sum by (org (penstock_run_up) > > 1').length > 0, true, 'errors are seen');
  const expressions = [...alertRules().map(({ expr }) => expr), ...dashboardExpressions()];
  assert.ok(expressions.length > 15, `${expressions.length} expressions`);
  for (const expression of expressions) assert.deepEqual(syntaxErrorsIn(parser, expression), [], expression);
});

test('rules are complete, and each says what to read when it fires', () => {
  const rules = alertRules();
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
  for (const { alert, labels, annotations } of rules) {
    assert.ok(['critical', 'warning'].includes(labels.severity), alert);
    assert.match(annotations.summary, /\S.*\.$/, alert);
    const [file = '', anchor] = (annotations.runbook ?? '').split('#');
    assert.ok(exists(file), `${alert}: there is no ${file}`);
    const headings = [...readDeployed(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
    const anchors = headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    assert.ok(anchor === undefined || anchors.includes(anchor), `${alert}: ${file} has no #${anchor}`);
  }
});

test('the dashboard asks for labels that the metrics have', () => {
  const source = ['metrics', 'service-metrics']
    .map((file) => readDeployed(`packages/server/src/observability/${file}.ts`))
    .join('\n');
  const labels = new Set([...source.matchAll(/'([a-z]+)'/g)].map(([, label]) => label));
  for (const expression of [...alertRules().map(({ expr }) => expr), ...dashboardExpressions()]) {
    const used = [...expression.matchAll(/(?:by|without) \(([^)]*)\)|\{([^}]*)\}/g)].flatMap(([, by, selector]) =>
      (by ?? selector ?? '').split(',').map((part) => part.trim().split(/[=!~]/)[0]?.trim() ?? ''),
    );
    for (const label of used.filter((one) => one !== '' && !['job', 'instance', 'le'].includes(one)))
      assert.ok(labels.has(label), `${expression}: no metric has the label ${label}`);
    assert.ok(metricNamesIn(expression).length > 0 || expression.startsWith('up{'), expression);
  }
});

test('the image runs as nobody in particular, on the Node that the service needs, with one volume', () => {
  const instructions = DockerfileParser.parse(readDeployed('deploy/docker/Dockerfile')).getInstructions();
  const all = (keyword: string): string[] =>
    instructions.filter((one) => one.getKeyword() === keyword).map((one) => one.getArgumentsContent() ?? '');
  assert.deepEqual(
    all('FROM').map((image) => /^node:24-/.test(image)),
    [true],
  );
  assert.deepEqual(all('USER'), ['penstock']);
  assert.deepEqual(all('VOLUME'), ['/var/lib/penstock']);
  assert.deepEqual([all('ENTRYPOINT'), all('CMD')], [['["penstock"]'], ['["serve"]']]);
  const order = instructions.map((one) => one.getKeyword());
  assert.ok(order.lastIndexOf('RUN') < order.indexOf('USER'), 'nothing is installed as the user of the service');
  for (const keyword of order)
    assert.match(keyword, /^(FROM|ARG|RUN|COPY|USER|WORKDIR|ENV|VOLUME|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT|CMD)$/);
});

test('compose file and unit name each other’s parts as they are', () => {
  const { services, volumes } = parse(readDeployed('deploy/docker/compose.yaml'));
  assert.deepEqual(Object.keys(services), ['kafka', 'database', 'penstock']);
  const mounted = Object.values<{ volumes: string[] }>(services).flatMap((one) =>
    one.volumes.map((line) => line.split(':')[0]),
  );
  assert.deepEqual(mounted, Object.keys(volumes));
  for (const name of Object.keys(services.penstock.depends_on)) assert.ok(name in services, name);
  assert.match(readDeployed('deploy/systemd/penstock.service'), /^KillMode=process$/m);
});
