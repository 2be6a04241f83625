import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@penstock/model';

export interface StartOptions {
  readonly port: number;
  readonly dataDir: string;
  readonly demo: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [options]

Starts Kafka, the service and a demo on this machine, and stops them on Ctrl-C.

  --port N     port of the service on 127.0.0.1 (default: PENSTOCK_PORT or 8080)
  --data DIR   folder for all data (default: PENSTOCK_DATA or .penstock)
  --no-demo    without the demo organisation, generator and pipeline
  --help       this text

Environment: KAFKA_BOOTSTRAP_SERVERS uses an existing Kafka instead of a local one, DATABASE_URL an existing
PostgreSQL instead of the embedded database. The README lists all settings.
`;

const wrong = (message: string): AppError => new AppError('DEV_OPTION_INVALID', message, { domain: 'user' });

/** Options of `npm start`; flags go before environment. Throws AppError naming what is wrong. */
export const parseStartOptions = (
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): StartOptions => {
  const values = parse(args);
  if (values.cluster === true) {
    throw wrong(
      '--cluster: Cluster Mode is not part of this version yet; start without --cluster for Standalone Mode.',
    );
  }
  const port = values.port ?? (environment.PENSTOCK_PORT || '8080');
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw wrong(
      `${values.port === undefined ? 'PENSTOCK_PORT' : '--port'} is "${port}": give a port number from 1 to 65535.`,
    );
  }
  return {
    port: Number(port),
    dataDir: resolve(cwd, values.data ?? (environment.PENSTOCK_DATA || '.penstock')),
    demo: values['no-demo'] !== true,
    help: values.help === true,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        'no-demo': { type: 'boolean' },
        cluster: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    // parseArgs explains at length how to pass positional arguments; its first sentence says what is wrong.
    const message = error instanceof Error ? (error.message.split(/\.\s/)[0] ?? error.message) : String(error);
    throw wrong(`${message}. See npm start -- --help.`);
  }
};
