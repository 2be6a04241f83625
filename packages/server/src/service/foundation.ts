import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import type { OperatorRegistry } from '@penstock/engine';
import { DEFAULT_POLICY, type SupervisionPolicy } from '@penstock/modes';
import { createRegistry, operators } from '@penstock/operators';
import type { Logger } from 'pino';
import { claimDatabase, createSeal, loadOldSealKeys, loadSealKey, type Seal } from '../auth/seal.ts';
import { KafkaAccess } from '../kafka/kafka-access.ts';
import { createInstanceId } from '../runs/instance-identity.ts';
import { resealDatabase } from '../sealing/reseal-database.ts';
import type { Settings } from '../settings/settings.ts';
import { settingsWarnings } from '../settings/settings-warnings.ts';
import { Site } from '../site/site.ts';
import { storageIdentity } from '../site/storage-identity.ts';
import { DatabaseClock } from '../store/database-clock.ts';
import { DatabaseWatch } from '../store/database-watch.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { OwnEndpoint } from './own-endpoint.ts';
import { WakeUp } from './wake-up.ts';

export interface FoundationOptions {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly policy?: SupervisionPolicy;
}

/** What every other part of an instance stands on. */
export interface Foundation {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly policy: SupervisionPolicy;
  /** The database's. */
  readonly clock: DatabaseClock;
  /** Whether the database answers; it looks from now on, and keeps the clock right. */
  readonly watch: DatabaseWatch;
  /** Whether the database is at home here. */
  readonly site: Site;
  readonly newId: () => string;
  readonly host: string;
  readonly instanceId: string;
  readonly store: Store;
  readonly sealKey: Buffer;
  readonly seal: Seal;
  readonly kafkaAccess: KafkaAccess;
  readonly registry: OperatorRegistry;
  readonly endpoint: OwnEndpoint;
  /** Rung when something happened that the supervisor should look at now. */
  readonly wakeUp: WakeUp;
  close(): Promise<void>;
}

/** Opens the database and what needs no other part. Errors: those of the store and of the seal key. */
export const openFoundation = async ({ settings, logger, policy }: FoundationOptions): Promise<Foundation> => {
  const { dataDir } = settings;
  for (const warning of settingsWarnings(settings)) logger.warn(warning);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const store = await openStore({
    databaseUrl: settings.databaseUrl,
    dataDir,
    timeoutMs: settings.databaseTimeoutMs,
    onTrouble: (error) => logger.warn({ reason: error.message }, 'a database connection broke'),
  });
  try {
    const sealKey = loadSealKey(settings);
    const oldKeys = loadOldSealKeys(settings);
    await claimDatabase(store.db, sealKey, oldKeys);
    const seal = createSeal(sealKey, oldKeys);
    const resealed = await resealDatabase(store, seal, sealKey);
    if (resealed > 0) logger.info({ rows: resealed }, 'the secrets in the database were sealed anew');
    const clock = await DatabaseClock.of(store);
    const watch = watchDatabase(clock, settings, logger);
    const site = await Site.of(store.db, {
      name: settings.site ?? null,
      storage: await storageIdentity(store, dataDir),
    });
    if (!site.isOwn)
      logger.warn(
        { site: site.own, recorded: site.recorded },
        'this database was made elsewhere: nothing is supervised until "penstock adopt"',
      );
    const host = hostname();
    const kafkaAccess = new KafkaAccess(settings.kafka, (message) =>
      logger.warn({ reason: message }, 'trouble with Kafka'),
    );
    return {
      settings,
      logger,
      policy: policy ?? DEFAULT_POLICY,
      clock,
      watch,
      site,
      newId: () => randomUUID(),
      host,
      instanceId: createInstanceId(host),
      store,
      sealKey,
      seal,
      kafkaAccess,
      registry: createRegistry(operators),
      endpoint: new OwnEndpoint(dataDir),
      wakeUp: new WakeUp(),
      close: async () => {
        watch.stop();
        await kafkaAccess.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
};

const WATCH_EVERY_MS = 5_000;

const watchDatabase = (clock: DatabaseClock, settings: Settings, logger: Logger): DatabaseWatch => {
  const watch = new DatabaseWatch({
    clock,
    everyMs: WATCH_EVERY_MS,
    limitMs: Math.min(WATCH_EVERY_MS, settings.databaseTimeoutMs),
    onChange: ({ isAnswering, reason }) =>
      isAnswering
        ? logger.info('the database answers again')
        : logger.error({ reason }, 'the database does not answer'),
  });
  watch.start();
  return watch;
};
