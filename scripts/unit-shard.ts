// Part of the unit lane: runs the files it is given in this one process, so that what they share is loaded once.
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { loadDrizzleAtOnce } from '../packages/server/src/module-formats.ts';
import { noCounts, onFailure, type ShardResult, type TestCounts, withoutCounts } from './run-test-files.ts';

loadDrizzleAtOnce();
const counts = noCounts();
const failures: string[] = [];
let isSuccess = true;
const events: Readable = run({ files: process.argv.slice(2), isolation: 'none', timeout: 60_000 });
events.on('test:summary', (summary: { success: boolean; counts: TestCounts }) => {
  isSuccess &&= summary.success;
  for (const name of Object.keys(counts) as (keyof TestCounts)[]) counts[name] = summary.counts[name];
});
onFailure(events, (failure) => failures.push(failure));
for await (const text of Readable.from(withoutCounts(events)).compose(spec)) process.stdout.write(String(text));
process.send?.({ counts, failures } satisfies ShardResult);
process.exit(isSuccess ? 0 : 1);
