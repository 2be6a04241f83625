// `penstock backup|restore|migrate`: what is done on the machine of the service, with its settings and without it.
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '@penstock/model';
import { loadSettings } from '../settings/settings.ts';
import { pendingMigrations } from '../store/migrations.ts';
import { openStore } from '../store/open-store.ts';
import { backUp, restore } from './backup.ts';

const USAGE = `Usage:
  penstock backup FILE        write database and keys into one file (the embedded database: with the service stopped)
  penstock restore FILE       put them into an empty data folder (PENSTOCK_DATA); then start, look, "penstock adopt"
  penstock migrate [--check]  bring the database's tables up to date; --check only says what is to be done (exit 1)
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const run = async (): Promise<number> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [command, file, ...more] = positionals;
  const takesFile = command === 'backup' || command === 'restore';
  if (values.help === true) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (more.length > 0 || takesFile !== (file !== undefined) || (!takesFile && command !== 'migrate')) {
    process.stderr.write(USAGE);
    return 2;
  }
  const settings = loadSettings(process.env, process.cwd());
  if (takesFile) {
    say(await (command === 'backup' ? backUp : restore)(settings, file ?? ''));
    return 0;
  }
  const store = await openStore({ ...settings, migrate: values.check !== true });
  try {
    const pending = await pendingMigrations(store.db);
    for (const { name } of pending) say(`to be done: ${name}`);
    if (pending.length === 0) say('The database is up to date.');
    return pending.length === 0 ? 0 : 1;
  } finally {
    await store.close();
  }
};

try {
  process.exitCode = await run();
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code));
  process.stderr.write(`penstock: ${messageOf(error)}\n`);
  if (!isUsage && !(error instanceof AppError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
