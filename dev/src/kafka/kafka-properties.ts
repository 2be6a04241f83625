/** What differs from one local broker to the next. */
export interface BrokerSettings {
  readonly port: number;
  readonly controllerPort: number;
  readonly logDir: string;
  /** A listener for clients beside the plain one, with the settings it needs; default: the plain one is for clients. */
  readonly clients?: {
    readonly listener: string;
    readonly port: number;
    readonly properties: Readonly<Record<string, string | number>>;
  };
  /** More of server.properties, or other values of it. */
  readonly properties?: Readonly<Record<string, string | number>>;
}

/**
 * server.properties of a single KRaft node that is broker and controller, on the loopback address.
 * Everything that is replicated by default is set to one copy; otherwise Kafka's defaults hold.
 */
export const brokerProperties = ({ port, controllerPort, logDir, clients, properties }: BrokerSettings): string => {
  const forClients = clients === undefined ? '' : `,${clients.listener}://127.0.0.1:${clients.port}`;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port}${forClients},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${forClients}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir.replaceAll('\\', '\\\\'),
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed is let in again when its old session ends; the default is 9 s.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 500,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 8,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // The default of 128 MB of heap is for brokers with many compacted topics.
    'log.cleaner.dedupe.buffer.size': 33_554_432,
    ...clients?.properties,
    ...properties,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
};

/** Log4j 2 configuration: one file, rolled at 10 MB, so that a long run does not fill the disk. */
export const LOG4J_CONFIGURATION = `status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = \${sys:penstock.kafka.log}
appender.file.filePattern = \${sys:penstock.kafka.log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %-5p %c{1} - %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
# Where rights are checked: who was allowed what, not only what was denied.
logger.authorizer.name = kafka.authorizer.logger
logger.authorizer.level = debug
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
`;
