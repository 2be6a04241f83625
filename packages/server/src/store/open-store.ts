import { openEmbedded } from './embedded-store.ts';
import { openPostgres } from './postgres-store.ts';
import type { Store, StoreOptions } from './store.ts';
import { installStoreErrors } from './store-error.ts';

export type { Database, Store, StoreOptions } from './store.ts';

/**
 * Opens the database and brings its tables up to date. Several instances may do so at once: migrations run under an
 * advisory lock. Errors: `STORE_UNREACHABLE`, `STORE_FOLDER_IN_USE`, `STORE_SCHEMA_NEWER`.
 */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  installStoreErrors();
  return options.databaseUrl === undefined
    ? openEmbedded(options.dataDir, { migrate: options.migrate ?? true })
    : openPostgres(options.databaseUrl, options);
};
