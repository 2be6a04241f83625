export { type KafkaFixture, recordsOf, type SeenRecord, startKafkaFixture, type TestBroker } from './broker-fixture.ts';
export { type CountedMessage, InputProducer } from './input-producer.ts';
export { leaveCommitOpen, type OpenCommit } from './leave-commit-open.ts';
export { readTopic, settledEnds } from './read-topic.ts';
export { SilentProxy } from './silent-proxy.ts';
export { type ReadMessage, TopicAccess } from './topic-access.ts';
