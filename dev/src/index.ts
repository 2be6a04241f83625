export { cacheFolder, resolveJars } from './jars.ts';
export { findJava } from './java.ts';
export { KAFKA_POM_FOLDER, type LocalKafka, type LocalKafkaOptions, startLocalKafka } from './local-kafka.ts';
export { findFreePort } from './ports.ts';
