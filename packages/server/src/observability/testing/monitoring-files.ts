import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A file by its path from the root of the project. */
export const readDeployed = (path: string): string =>
  readFileSync(new URL(`../../../../../${path}`, import.meta.url), 'utf8');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook?: string };
}

export const alertRules = (): readonly AlertRule[] => {
  const { groups } = parse(readDeployed('deploy/monitoring/alerts.yaml')) as {
    readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
};

interface Panel {
  readonly targets?: readonly { readonly expr: string }[];
}

/** What the panels ask for, with the variables of the dashboard put in as Grafana does. */
export const dashboardExpressions = (): readonly string[] => {
  const { panels } = JSON.parse(readDeployed('deploy/monitoring/dashboard.json')) as {
    readonly panels: readonly Panel[];
  };
  return panels
    .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
    .map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\{?(org|pipeline)(:\w+)?\}?/g, '.*'));
};

/** Names of metrics of the service in an expression, without what Prometheus adds to those of a histogram. */
export const metricNamesIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/\b(?:penstock|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );

interface Tree {
  cursor(): { readonly type: { readonly isError: boolean }; readonly from: number; next(): boolean };
}

/** Where an expression is no PromQL, by character. */
export const syntaxErrorsIn = (parser: { parse(text: string): Tree }, expression: string): readonly number[] => {
  const found: number[] = [];
  const cursor = parser.parse(expression).cursor();
  do if (cursor.type.isError) found.push(cursor.from);
  while (cursor.next());
  return found;
};
