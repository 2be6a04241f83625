import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { AppError } from '@penstock/model';
import { packTar, unpackTar } from 'modern-tar';
import type { Settings } from '../settings/settings.ts';
import { lockFolder } from '../store/folder-lock.ts';
import { knownMigrations } from '../store/migrations.ts';

/** Beside the database: without the seal key its secrets cannot be read. */
const KEYS = ['seal-key', 'seal-key.old', 'admin-token'] as const;
const MANIFEST = 'penstock-backup.json';
const FORMAT = 1;

const refused = (code: string, message: string): AppError => new AppError(code, message, { domain: 'user' });

/**
 * Writes the embedded database and the keys into one compressed file that describes itself. The service has to be
 * stopped: the lock of the folder sees to that. A PostgreSQL is backed up with its own means, which can do it while
 * everything runs. What is in Kafka (records, state, positions) is as safe as Kafka keeps it.
 * Errors: `BACKUP_NOT_EMBEDDED`, `BACKUP_NOTHING`, `BACKUP_EXISTS`, `STORE_FOLDER_IN_USE`. Gives a sentence.
 */
export const backUp = async (settings: Settings, file: string): Promise<string> => {
  const target = resolve(file);
  if (settings.databaseUrl !== undefined)
    throw refused(
      'BACKUP_NOT_EMBEDDED',
      'The database is a PostgreSQL (DATABASE_URL): back it up with pg_dump or as you back up PostgreSQL, and keep the seal key with it.',
    );
  if (existsSync(target)) throw refused('BACKUP_EXISTS', `${target} exists already: give the name of a new file.`);
  const { dataDir } = settings;
  if (!existsSync(join(dataDir, 'database')))
    throw refused('BACKUP_NOTHING', `There is no database in "${dataDir}" (PENSTOCK_DATA).`);
  // Files of a stopped database are whole, whatever its end was: its log of changes is among them.
  const unlock = lockFolder(join(dataDir, 'database.lock'));
  try {
    const folder = join(dataDir, 'database');
    const files = readdirSync(folder, { withFileTypes: true, recursive: true });
    const entries = [
      ...files
        .filter((entry) => entry.isDirectory())
        .map((entry) => ({
          header: {
            name: `${relativeTo(dataDir, join(entry.parentPath, entry.name))}/`,
            type: 'directory' as const,
            size: 0,
          },
        })),
      ...files.filter((entry) => entry.isFile()).map((entry) => fileEntry(dataDir, join(entry.parentPath, entry.name))),
      ...KEYS.filter((name) => existsSync(join(dataDir, name))).map((name) => fileEntry(dataDir, join(dataDir, name))),
    ];
    const migration = knownMigrations().at(-1)?.when;
    const manifest = JSON.stringify({ format: FORMAT, migration, takenAt: new Date().toISOString() });
    const tar = await packTar([
      { header: { name: MANIFEST, size: Buffer.byteLength(manifest) }, body: manifest },
      ...entries,
    ]);
    const body = gzipSync(tar);
    const draft = `${target}.part`;
    writeFileSync(draft, Buffer.concat([body, createHash('sha256').update(body).digest()]), { mode: 0o600 });
    renameSync(draft, target);
  } finally {
    unlock();
  }
  return `Written: ${target}. It holds the seal key: keep it as you keep a password.`;
};

const relativeTo = (dataDir: string, path: string): string => path.slice(dataDir.length + 1);

const fileEntry = (dataDir: string, path: string) => {
  const body = readFileSync(path);
  return { header: { name: relativeTo(dataDir, path), size: body.length, mode: 0o600 }, body };
};

/**
 * Puts a backup into a data folder that has no database yet. Nothing is supervised from it before `penstock adopt`.
 * Errors: `RESTORE_NOT_EMPTY`, `BACKUP_BROKEN`, `STORE_SCHEMA_NEWER`. Gives a sentence.
 */
export const restore = async ({ dataDir, databaseUrl }: Settings, file: string): Promise<string> => {
  if (databaseUrl !== undefined)
    throw refused('BACKUP_NOT_EMBEDDED', 'The database is a PostgreSQL (DATABASE_URL): restore it with its own means.');
  for (const name of ['database', ...KEYS])
    if (existsSync(join(dataDir, name)))
      throw refused(
        'RESTORE_NOT_EMPTY',
        `"${join(dataDir, name)}" exists: restore into an empty folder (PENSTOCK_DATA).`,
      );
  const read = readFileSync(resolve(file));
  const body = read.subarray(0, -32);
  if (!createHash('sha256').update(body).digest().equals(read.subarray(-32)))
    throw refused('BACKUP_BROKEN', `${file} is no backup of Penstock, or is not whole.`);
  const entries = await unpackTar(gunzipSync(body));
  const manifestText = Buffer.from(entries.find(({ header }) => header.name === MANIFEST)?.data ?? '{}').toString();
  const manifest: { format?: unknown; migration?: unknown } = JSON.parse(manifestText);
  if (manifest.format !== FORMAT)
    throw refused('BACKUP_BROKEN', `${file} has the format ${String(manifest.format)}; this version reads ${FORMAT}.`);
  const known = knownMigrations().at(-1)?.when ?? 0;
  if (Number(manifest.migration) > known)
    throw refused('STORE_SCHEMA_NEWER', `${file} was made by a newer version of Penstock: restore it with that one.`);
  try {
    for (const { header, data } of entries) {
      if (header.name === MANIFEST) continue;
      const path = resolve(dataDir, header.name);
      if (!path.startsWith(`${resolve(dataDir)}/`)) throw refused('BACKUP_BROKEN', `${file} names a file outside.`);
      mkdirSync(header.type === 'directory' ? path : dirname(path), { recursive: true, mode: 0o700 });
      if (header.type !== 'directory') writeFileSync(path, data ?? Buffer.alloc(0), { mode: 0o600 });
    }
  } catch (error) {
    for (const name of ['database', ...KEYS]) rmSync(join(dataDir, name), { recursive: true, force: true });
    throw error;
  }
  return 'Restored. Start the service and look; "penstock adopt" lets it look after the runs, once no other does.';
};
