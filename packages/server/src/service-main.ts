import { AppError, messageOf } from '@penstock/model';
import { letHeapGrow } from './heap-size.ts';
import { createServiceLog } from './observability/service-log.ts';
import { startService } from './service.ts';
import { loadSettings } from './settings/settings.ts';

/** Runs one service instance until SIGTERM or SIGINT. A second signal ends it at once. */

const fail = (error: unknown): never => {
  // What the person at the keyboard can mend is one sentence; anything else is a bug and shows where.
  const isExpected = error instanceof AppError;
  process.stderr.write(`penstock: ${isExpected || !(error instanceof Error) ? messageOf(error) : error.stack}\n`);
  process.exit(1);
};

const run = async (): Promise<void> => {
  const settings = loadSettings(process.env, process.cwd());
  // The embedded database is for installations that count their megabytes.
  if (settings.databaseUrl !== undefined) letHeapGrow();
  const logger = createServiceLog(settings.logLevel);
  const service = await startService({ settings, logger });
  logger.info({ url: service.url, dataDir: settings.dataDir }, 'service started');
  let isEnding = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(1);
      isEnding = true;
      logger.info({ signal }, 'service ends');
      service.stop().then(() => process.exit(0), fail);
    });
  }
};

await run().catch(fail);
