import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@penstock/model';

export interface StartOptions {
  /** Given on the command line; otherwise the service's settings say it. */
  readonly port: number | undefined;
  readonly dataDir: string | undefined;
  readonly demo: boolean;
  /** Also what Cluster Mode needs. */
  readonly cluster: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [options]

Starts Kafka, the service and a demo on this machine, and stops them on Ctrl-C.

  --port N     port of the service (default: PENSTOCK_PORT or 8080)
  --data DIR   folder for all data (default: PENSTOCK_DATA or .penstock)
  --cluster    also YARN, Spark and the driver, for pipelines in Cluster Mode
  --no-demo    without the demo organisation, generator and pipeline
  --help       this text

Environment: KAFKA_BOOTSTRAP_SERVERS uses an existing Kafka instead of a local one, DATABASE_URL an existing
PostgreSQL instead of the embedded database, HADOOP_CONF_DIR (with --cluster) an existing YARN. docs/settings.md lists all settings.
`;

const wrong = (message: string): AppError => new AppError('DEV_OPTION_INVALID', message, { domain: 'user' });

/** Options of `npm start`. Throws AppError naming what is wrong. */
export const parseStartOptions = (args: readonly string[], cwd: string): StartOptions => {
  const values = parse(args);
  if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && isPort(Number(values.port)))) {
    throw wrong(`--port is "${values.port}": give a port number from 1 to 65535.`);
  }
  if (values.data === '') throw wrong('--data is empty: give a folder.');
  return {
    port: values.port === undefined ? undefined : Number(values.port),
    dataDir: values.data === undefined ? undefined : resolve(cwd, values.data),
    demo: values['no-demo'] !== true,
    cluster: values.cluster === true,
    help: values.help === true,
  };
};

const isPort = (port: number): boolean => port >= 1 && port <= 65_535;

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
