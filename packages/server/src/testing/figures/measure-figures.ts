// The figures of a service on its embedded database, against their limits: `npm run figures`. Exit code 1 where one is
// missed. `-- --program node_modules/penstock/packages/server/src/main.js` measures an installed package. Needs Linux,
// which tells the memory of processes; takes about ten minutes, most of them a simulated month.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ServiceProcess } from '@penstock/testkit/service';
import { loadSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/open-store.ts';
import { simulateGrowth } from '../../upkeep/testing/simulate-growth.ts';
import { measureNamespaces } from './measure-namespaces.ts';
import { highestAtRest, makeRunsIn, underAttack } from './measure-service.ts';

const RUNS = 20;
/** A minute of them. */
const REST_BEATS = 30;
const REQUESTS = 100;

let isMissed = false;
const tell = (what: string, value: number, limit: number, unit: string, more: object = {}): void => {
  const isMet = value < limit;
  isMissed ||= !isMet;
  process.stdout.write(`${JSON.stringify({ what, value, limit, unit, isMet, ...more })}\n`);
};

const measureMonth = async (dataDir: string): Promise<void> => {
  const { keep } = loadSettings({ PENSTOCK_DATA: dataDir }, '/');
  const store = await openStore({ dataDir });
  try {
    const sizes = await simulateGrowth({ store, dataDir, keep, runs: RUNS, days: 30, heartbeatsPerHour: 30 });
    const most = Math.max(...sizes.map(({ databaseMb }) => databaseMb));
    tell('database in a month', most, 200, 'MB', { folderMb: sizes.at(-1)?.folderMb });
  } finally {
    await store.close();
  }
};

const { values: flags } = parseArgs({
  options: { program: { type: 'string' }, 'without-month': { type: 'boolean' } },
});
const program = flags.program === undefined ? {} : { program: resolve(flags.program) };
const folder = mkdtempSync(join(tmpdir(), 'penstock-figures-'));
// No broker is needed: nothing of this asks Kafka.
const service = new ServiceProcess({ folder, port: 0, bootstrapServers: '127.0.0.1:9', ...program });
try {
  await service.start();
  await service.ready();
  await service.end('SIGTERM');
  const runs = await makeRunsIn(service.dataDir, RUNS);
  await service.start();
  await service.ready();
  tell('resident memory at rest', await highestAtRest(service, runs, REST_BEATS, 2000), 250, 'MiB', { runs: RUNS });
  const { slowestMs, peakMb, answers } = await underAttack(service, runs, REQUESTS);
  tell('slowest /healthz under attack', slowestMs, 1000, 'ms', { answers });
  tell('most memory under attack', peakMb, 600, 'MiB', { requests: REQUESTS });
  await service.end('SIGTERM');
  const { changes, owned } = await measureNamespaces(folder, RUNS);
  tell('runs taken from a living service by another of the same host name', changes, 1, 'runs', { owned });
  if (flags['without-month'] !== true) await measureMonth(join(folder, 'month'));
} finally {
  service.kill();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isMissed ? 1 : 0;
