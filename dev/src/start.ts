// npm start: Kafka, the service, the demo and (with --cluster) YARN on this machine, until Ctrl-C.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole, isConsoleFresh } from '@penstock/console/build';
import { AppError, internalTopicOf, type KafkaSettings, messageOf } from '@penstock/model';
import { loadSettings } from '@penstock/server';
import { type DemoFacts, provisionDemo, signInLinkOf } from './demo/provision.ts';
import { beginEnergyPipeline, runDemoPipeline } from './demo/run-pipeline.ts';
import { resolveJars } from './java/jars.ts';
import { findJava } from './java/java.ts';
import { KAFKA_POM_FOLDER, type LocalKafka, startLocalKafka, stopLeftoverKafka } from './kafka/local-kafka.ts';
import { findFreePort, isPortFree } from './ports.ts';
import {
  type ClusterParts,
  clusterOf,
  clusterPrograms,
  existingCluster,
  fetchYarn,
  startYarn,
  stopYarnLeftIn,
} from './start/cluster.ts';
import { openDataFolder } from './start/data-folder.ts';
import { ManagedProcess } from './start/managed-process.ts';
import { parseStartOptions, type StartOptions, USAGE } from './start/options.ts';
import { demoPage, plainPage } from './start/page.ts';
import { Progress } from './start/progress.ts';
import { Service } from './start/service.ts';
import { Shutdown } from './start/shutdown.ts';

const USUAL_KAFKA_PORT = 9092;
const DEMO_SEED = 2026;
/** Where the asset service of the demo listens, which one of its pipelines asks. */
const LOOPBACK = '127.0.0.1/32';
/** A second Ctrl-C this long after the first means: do not wait. */
const IMPATIENT_AFTER_MS = 2000;

const progress = new Progress((text) => process.stdout.write(text));
const shutdown = new Shutdown(progress.line);

// A terminal that was closed takes no more lines; what is running still has to be ended in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const start = async (options: StartOptions): Promise<void> => {
  const programs = options.cluster ? await clusterPrograms(process.env, progress.line) : {};
  // The service will read the same settings; what is wrong with them is better told before anything runs.
  const hasCluster = existingCluster(process.env) !== undefined;
  const settings = loadSettings(hasCluster ? { ...process.env, ...programs } : process.env, process.cwd());
  const dataDir = options.dataDir ?? settings.dataDir;
  const port = options.port ?? (settings.port === 0 ? await findFreePort() : settings.port);
  shutdown.add('', openDataFolder(dataDir));
  const service = new Service({ host: settings.host, port, dataDir, onProgress: progress.line });
  const generator = new ManagedProcess({
    name: 'generator',
    dir: dataDir,
    script: fileURLToPath(new URL('./demo/generator.ts', import.meta.url)),
    stopTimeoutMs: 5000,
  });
  await generator.stopLeftover(progress.line);
  await service.prepare();
  // The service reads the built console when it starts.
  if (!isConsoleFresh()) await progress.step('building the console', buildConsole);

  const { kafka, cluster } = await startTogether({
    dataDir,
    service,
    existing: settings.kafka,
    networks: options.demo ? [...settings.outboundNetworks, LOOPBACK] : undefined,
    programs: options.cluster ? programs : undefined,
  });

  const penstock = dataDir === join(process.cwd(), '.penstock') ? 'npx penstock' : `npx penstock --data ${dataDir}`;
  const adminToken = settings.adminToken ?? readAdminToken(service.adminTokenFile);
  const signInLink = await signInLinkOf(service.baseUrl, adminToken);
  const place = { dataDir, penstock, cluster: cluster?.where, signInLink };
  if (!options.demo) {
    process.stdout.write(plainPage(service.baseUrl, kafka.bootstrapServers, place));
    return;
  }
  const facts = await progress.step('preparing the demo organisation', () =>
    provisionDemo({
      baseUrl: service.baseUrl,
      adminToken,
      kafkaBootstrapServers: kafka.bootstrapServers,
      file: join(dataDir, 'demo.json'),
      cluster: cluster !== undefined,
      document: JSON.parse(readFileSync(new URL('./demo/pipelines/wind-farm/pipeline.json', import.meta.url), 'utf8')),
    }),
  );
  // Before the pipelines: those of an earlier start run again by now, and may ask the generator for assets.
  shutdown.add('stopping the generator', async () => {
    await generator.stop();
  });
  await startGenerator(generator, facts, kafka);
  const status = await progress.step('starting the demo pipeline', () => runDemoPipeline(facts, cluster !== undefined));
  const remark = await beginEnergyPipeline(facts);
  if (remark !== undefined) progress.line(remark);
  process.stdout.write(demoPage(facts, status, place));
};

interface Wanted {
  readonly dataDir: string;
  readonly service: Service;
  /** A Kafka that is there already. */
  readonly existing: KafkaSettings | undefined;
  /** Networks that pipelines may ask services in; undefined: those of the settings. */
  readonly networks: readonly string[] | undefined;
  /** Spark and the driver, where Cluster Mode is wanted. */
  readonly programs: Readonly<Record<string, string>> | undefined;
}

/** Brings up Kafka and YARN, unless there are some already, and the service beside them; gives how to reach them. */
const startTogether = async (wanted: Wanted): Promise<{ kafka: KafkaSettings; cluster: ClusterParts | undefined }> => {
  const { dataDir, service, existing, networks } = wanted;
  await stopYarnLeftIn(dataDir, progress.line);
  if (existing === undefined) await stopLeftoverKafka(kafkaFolder(dataDir), progress.line);
  // The usual port where it is free, so that other tools find the broker without being told.
  const port = (await isPortFree(USUAL_KAFKA_PORT)) ? USUAL_KAFKA_PORT : await findFreePort();
  const settings = existing ?? { bootstrapServers: `127.0.0.1:${port}` };
  if (existing === undefined) {
    findJava();
    await resolveJars(KAFKA_POM_FOLDER, progress.line);
  }
  const clusterStarting = await beginCluster(wanted);
  const kafka = existing === undefined ? startKafka(dataDir, port) : undefined;
  shutdown.add('stopping Kafka', async () => {
    const broker = await kafka?.catch(() => undefined); // told where it was awaited first
    await broker?.stop();
  });
  if (clusterStarting?.stop !== undefined) shutdown.add('stopping YARN', clusterStarting.stop);
  // Ends before Kafka and YARN: a worker commits before it ends.
  shutdown.add('stopping the service and its workers', () => service.stop());
  const launched = launchService(
    service,
    {
      ...(existing === undefined ? { KAFKA_BOOTSTRAP_SERVERS: settings.bootstrapServers } : {}),
      ...(networks === undefined ? {} : { PENSTOCK_OUTBOUND_NETWORKS: networks.join(',') }),
    },
    clusterStarting?.parts,
  );
  await Promise.all([kafka, launched]);
  await progress.step('waiting for the service', () => service.ready());
  return { kafka: settings, cluster: await clusterStarting?.parts };
};

/** The service reads Hadoop's settings when it starts, and needs Kafka only later. */
const launchService = async (
  service: Service,
  env: Readonly<Record<string, string>>,
  parts: Promise<ClusterParts> | undefined,
): Promise<void> => {
  const cluster = await parts;
  if (shutdown.hasBegun) return;
  await service.launch({ ...env, ...cluster?.env });
};

interface ClusterBegun {
  readonly parts: Promise<ClusterParts>;
  /** Only of a YARN of our own. */
  readonly stop?: () => Promise<void>;
}

/** Starts a YARN where one is wanted and none is there; `parts` is settled when it works. */
const beginCluster = async ({ dataDir, programs }: Wanted): Promise<ClusterBegun | undefined> => {
  if (programs === undefined) return undefined;
  const confDir = existingCluster(process.env);
  if (confDir !== undefined) {
    const parts = { env: programs, where: `the cluster of HADOOP_CONF_DIR=${confDir}` };
    return { parts: Promise.resolve(parts) };
  }
  await fetchYarn(progress.line);
  const yarn = startYarn(dataDir, shutdown, progress.line);
  return {
    parts: progress.step('waiting for YARN', async () => clusterOf(await yarn, programs)),
    stop: async () => {
      const started = await yarn.catch(() => undefined); // told where it was awaited first
      await started?.stop();
    },
  };
};

const kafkaFolder = (dataDir: string): string => join(dataDir, 'kafka');

const startKafka = async (dataDir: string, port: number): Promise<LocalKafka> => {
  const kafka = await startLocalKafka({
    isLasting: true,
    dir: kafkaFolder(dataDir),
    port,
    onProgress: progress.line,
    onUnexpectedExit: () => {
      if (shutdown.hasBegun) return;
      progress.line('Kafka ended; starting it again');
      kafka.start().catch((error: unknown) => progress.line(messageOf(error)));
    },
  });
  return kafka;
};

const startGenerator = (generator: ManagedProcess, facts: DemoFacts, kafka: KafkaSettings): Promise<void> => {
  progress.line('starting the data generator');
  return generator.start(
    (reason) => progress.line(`the data generator ended (${reason}); see ${generator.logFile}`),
    // Not as arguments, which everybody on the machine can read: there may be a password among them.
    { PENSTOCK_DEMO_KAFKA: JSON.stringify(kafka) },
    [
      ...['--topic', internalTopicOf(facts.orgId, 0), '--org', facts.orgId, '--seed', String(DEMO_SEED)],
      ...['--asset-port', String(facts.assetServicePort)],
    ],
  );
};

const readAdminToken = (file: string): string => {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new AppError('DEV_ADMIN_TOKEN_MISSING', `The service has not written its administrator's token to ${file}.`, {
    domain: 'internal',
  });
};

let signalledAt = 0;
/** Ctrl-C may arrive twice: from the terminal and passed on by npm. */
const onSignal = (): void => {
  if (signalledAt !== 0) {
    if (Date.now() - signalledAt > IMPATIENT_AFTER_MS) process.exit(1);
    return;
  }
  signalledAt = Date.now();
  process.stdout.write('\n');
  void end(0);
};

const end = async (exitCode: number): Promise<void> => {
  await shutdown.run();
  if (exitCode === 0) progress.line('stopped');
  process.exit(exitCode);
};

try {
  const options = parseStartOptions(process.argv.slice(2), process.cwd());
  if (options.help) process.stdout.write(USAGE);
  else {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    await start(options);
  }
} catch (error) {
  // What is under way fails when Ctrl-C ends it; that needs no words.
  if (!shutdown.hasBegun) {
    const isExpected = error instanceof AppError || (error instanceof Error && error.name === 'PenstockError');
    process.stderr.write(`\n${isExpected ? messageOf(error) : (error as Error).stack}\n`);
    await end(1);
  }
}
