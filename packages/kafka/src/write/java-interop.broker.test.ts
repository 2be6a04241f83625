import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { findJava, KAFKA_POM_FOLDER, resolveJars, startLocalKafka } from '@penstock/dev';
import { startKafkaFixture } from '@penstock/testkit/kafka';

const fixture = await startKafkaFixture(startLocalKafka, after);
const java = findJava();
const classPath = join(await resolveJars(KAFKA_POM_FOLDER), '*');

/** One of Kafka's own command line tools, with `stdin` as its input. */
const runTool = async (mainClass: string, args: readonly string[], stdin = ''): Promise<string> => {
  const running = promisify(execFile)(java, ['-cp', classPath, mainClass, ...args], {
    maxBuffer: 1 << 28,
    timeout: 60_000,
  });
  running.child.stdin?.end(stdin);
  return (await running).stdout;
};
const server = ['--bootstrap-server', fixture.kafka.bootstrapServers];

for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  test(`what the Java producer writes with compression ${compression} is read`, async () => {
    const topic = await fixture.topic(`java-${compression}`);
    const lines = Array.from({ length: 3000 }, (_, n) => `{"n":${n},"text":"${'Wärme '.repeat(n % 40)}"}`);
    await runTool(
      'org.apache.kafka.tools.ConsoleProducer',
      [...server, '--topic', topic, '--compression-codec', compression, '--batch-size', '200000'],
      `${lines.join('\n')}\n`,
    );
    const seen = (await fixture.readAll(topic)).map(({ value }) => value);
    assert.deepEqual(seen, lines);
  });

  test(`what is written with compression ${compression} is read by the Java consumer`, async () => {
    const topic = await fixture.topic(`ours-${compression}`);
    const clientSettings = { 'compression.type': compression };
    const log = await fixture.log({ transactionalId: topic, clientSettings, maxBatchBytes: 100_000 });
    const appender = log.appender(topic);
    const header = { key: Buffer.from('unit'), value: Buffer.from('°C') };
    const expected: string[] = [];
    for (let n = 0; n < 3000; n++) {
      const value = n % 10 === 9 ? null : `{"n":${n},"text":"${'Wärme '.repeat(n % 40)}"}`;
      appender.append(0, `k${n}`, value, 1_700_000_000_000 + n * 1000, [header]);
      expected.push(`CreateTime:${1_700_000_000_000 + n * 1000}\tunit:°C\tk${n}\t${value}`);
    }
    await log.commit(undefined);
    appender.append(0, 'aborted', 'aborted', 1);
    await log.flush();
    await log.close();
    const properties = ['timestamp', 'key', 'headers'].flatMap((name) => ['--property', `print.${name}=true`]);
    const output = await runTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...server,
      ...['--topic', topic, '--from-beginning', '--max-messages', '3000', '--isolation-level', 'read_committed'],
      ...properties,
    ]);
    assert.deepEqual(output.trimEnd().split('\n'), expected);
  });
}
