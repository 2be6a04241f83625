export { identityOf, isRunning, type ProcessIdentity } from '@penstock/modes/process-identity';
export { HDFS_POM_FOLDER, type LocalHdfs, type LocalHdfsOptions, startLocalHdfs } from './hdfs/local-hdfs.ts';
export { buildDriverJar, DRIVER_PROJECT } from './java/driver-jar.ts';
export { resolveJars, resolveSparkJars, SPARK_POM_FOLDER } from './java/jars.ts';
export { findJava } from './java/java.ts';
export { cacheFolder, withMaven } from './java/maven.ts';
export type { KafkaSecurity } from './kafka/kafka-security.ts';
export { askAsDriver } from './kafka/kafka-security-java.ts';
export { KAFKA_POM_FOLDER, type LocalKafka, type LocalKafkaOptions, startLocalKafka } from './kafka/local-kafka.ts';
export { findFreePort } from './ports.ts';
export { containerProcesses } from './yarn/containers.ts';
export {
  type LocalYarn,
  type LocalYarnOptions,
  startLocalYarn,
  YARN_POM_FOLDER,
  type YarnProcess,
} from './yarn/local-yarn.ts';
