import { globSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A test file says by its name what it needs: `*.test.ts` nothing but Node; `*.property.test.ts` and `*.recovery.test.ts`
 * no more than that, but longer (random cases by the thousand, pipelines that crash at every place); `*.process.test.ts`
 * processes or threads of its own or a limit of time to come to; `*.broker.test.ts` a Kafka or a database (PostgreSQL, or
 * the embedded one, which is as slow to start); `*.cluster.test.ts` YARN, HDFS or Spark; `*.browser.test.ts` a browser
 * (and mostly a broker).
 */
export type Lane = 'unit' | 'property' | 'recovery' | 'process' | 'broker' | 'cluster' | 'browser';

const NAMED: readonly Exclude<Lane, 'unit'>[] = ['property', 'recovery', 'process', 'broker', 'cluster', 'browser'];

export const laneOf = (file: string): Lane => NAMED.find((lane) => file.endsWith(`.${lane}.test.ts`)) ?? 'unit';

const EVERYWHERE = [
  'packages/*/src/**/*.test.ts',
  'packages/*/src/**/*.test.tsx',
  'dev/src/**/*.test.ts',
  'bench/src/**/*.test.ts',
  'tests/**/*.test.ts',
  'scripts/**/*.test.ts',
];

/** Absolute paths of the test files that match, by default all there are, sorted. */
export const testFiles = (root: string, patterns: readonly string[] = EVERYWHERE): string[] =>
  globSync(patterns, { cwd: root, exclude: (name) => name === 'node_modules' })
    .filter((file) => !file.includes('node_modules'))
    .sort()
    .map((file) => join(root, file));
