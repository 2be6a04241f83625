import { AppError, messageOf } from '@penstock/model';
import { pino } from 'pino';
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
  const logger = pino({
    name: 'penstock',
    level: settings.logLevel,
    redact: [
      'req.headers.authorization',
      'req.headers["apim-accesstoken"]',
      'req.headers["apim-signature"]',
      '*.password',
      '*.secretKey',
      '*.token',
    ],
  });
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
