export { HDFS_POM_FOLDER, type LocalHdfs, type LocalHdfsOptions, startLocalHdfs } from './hdfs/local-hdfs.ts';
export { cacheFolder, resolveJars } from './jars.ts';
export { findJava } from './java.ts';
export { KAFKA_POM_FOLDER, type LocalKafka, type LocalKafkaOptions, startLocalKafka } from './local-kafka.ts';
export { findFreePort } from './ports.ts';
export {
  type LocalYarn,
  type LocalYarnOptions,
  startLocalYarn,
  YARN_POM_FOLDER,
  type YarnProcess,
} from './yarn/local-yarn.ts';
