// `penstock backup|restore|migrate|forget-secrets`: what is done on the machine of the service, with its settings and without it.
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '@penstock/model';
import { loadSealKey } from '../auth/seal.ts';
import { type Forgotten, forgetSecrets } from '../sealing/forget-secrets.ts';
import { loadSettings } from '../settings/settings.ts';
import { pendingMigrations } from '../store/migrations.ts';
import { openStore } from '../store/open-store.ts';
import { backUp, restore } from './backup.ts';

const USAGE = `Usage:
  penstock backup FILE        write database and keys into one file (the embedded database: with the service stopped)
  penstock restore FILE       put them into an empty data folder (PENSTOCK_DATA); then start, look, "penstock adopt"
  penstock migrate [--check]  bring the database's tables up to date; --check only says what is to be done (exit 1)
  penstock forget-secrets     the seal key is lost for good: give up what it sealed, so that the key there is now will do
                              (with every instance stopped; docs/runbooks/seal-key-lost.md)
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
  const isKnown = takesFile || command === 'migrate' || command === 'forget-secrets';
  if (more.length > 0 || takesFile !== (file !== undefined) || !isKnown) {
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
    if (command === 'forget-secrets') {
      for (const line of toldOf(await forgetSecrets(store, loadSealKey(settings)))) say(line);
      return 0;
    }
    const pending = await pendingMigrations(store.db);
    for (const { name } of pending) say(`to be done: ${name}`);
    if (pending.length === 0) say('The database is up to date.');
    return pending.length === 0 ? 0 : 1;
  } finally {
    await store.close();
  }
};

const toldOf = ({ accessKeys, receivers, connections, documents }: Forgotten): string[] => [
  ...(accessKeys.length === 0 ? [] : [`Access keys that are gone: ${accessKeys.join(', ')}`]),
  ...(receivers.length === 0 ? [] : [`Receivers that need their address again: ${receivers.join(', ')}`]),
  ...(connections.length === 0 ? [] : [`Connections that need their secrets again: ${connections.join(', ')}`]),
  ...(documents === 0 ? [] : [`Documents whose secrets have to be given again: ${documents}`]),
  'The database goes by the present seal key.',
];

try {
  process.exitCode = await run();
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error && /^ERR_PARSE_ARGS/.test(String(error.code));
  process.stderr.write(`penstock: ${messageOf(error)}\n`);
  if (!isUsage && !(error instanceof AppError) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
