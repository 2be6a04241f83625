import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advancedParameterNames, type ClusterSizing } from '@penstock/model';
import { type SparkConfFacts, sparkConf } from './spark-conf.ts';
import { submitArguments } from './submit-arguments.ts';

const sizing: ClusterSizing = {
  driver: { cores: 1, heapMb: 1664, overheadMb: 384, containerMb: 2048 },
  executor: { cores: 2, heapMb: 512, overheadMb: 3584, containerMb: 4096 },
  executors: 3,
  workerMemoryMb: 3384,
};
const facts = (over: Partial<SparkConfFacts> = {}): SparkConfFacts => ({
  sizing,
  advanced: {},
  tags: ['penstock', 'penstock-1'],
  stagingUri: 'hdfs://nn/user/p/penstock',
  spark: { archiveUri: 'hdfs://nn/spark.tar.gz' },
  isLoopback: false,
  queue: undefined,
  kerberos: undefined,
  ...over,
});

test('containers are what the sizing says', () => {
  const conf = sparkConf(facts());
  const sizes = Object.entries(conf).filter(([name]) => /cores|memory|instances/i.test(name));
  assert.deepEqual(Object.fromEntries(sizes), {
    'spark.driver.cores': '1',
    'spark.driver.memory': '1664m',
    'spark.driver.memoryOverhead': '384',
    'spark.executor.instances': '3',
    'spark.executor.cores': '2',
    'spark.executor.memory': '512m',
    'spark.executor.memoryOverhead': '3584',
  });
});

test('nothing a user may set replaces anything of ours', () => {
  const ours = sparkConf(facts());
  for (const name of advancedParameterNames()) {
    const given = sparkConf(facts({ advanced: { [name]: '7' } }));
    for (const [key, value] of Object.entries(ours))
      if (key !== name && key !== 'spark.executor.heartbeatInterval')
        assert.equal(given[key], value, `${name}: ${key}`);
    const isSized = /^spark\.(driver|executor)\.memoryOverhead$/.test(name);
    assert.equal(given[name], isSized ? ours[name] : '7', name);
  }
});

test('a parameter that is ours stops the program rather than pass', () => {
  for (const name of ['spark.driver.extraJavaOptions', 'spark.yarn.tags', 'spark.executor.instances'])
    assert.throws(() => sparkConf(facts({ advanced: { [name]: 'x' } })), /not the user's to set/);
});

test('executors are heard more often than they are given up, whatever timeout is given', () => {
  const interval = (timeout?: string): string | undefined =>
    sparkConf(facts(timeout === undefined ? {} : { advanced: { 'spark.network.timeout': timeout } }))[
      'spark.executor.heartbeatInterval'
    ];
  assert.deepEqual([undefined, '1', '1000ms', '2s', '10min', '1h', '3600000000us'].map(interval), [
    '10000ms',
    '250ms',
    '250ms',
    '500ms',
    '10000ms',
    '10000ms',
    '10000ms',
  ]);
});

test('jars come from the nodes or from the archive; a queue, a principal and the loopback name where there are any', () => {
  const plain = sparkConf(facts());
  assert.equal(plain['spark.yarn.archive'], 'hdfs://nn/spark.tar.gz');
  const added = Object.entries(
    sparkConf(
      facts({
        spark: { localFolder: '/opt/spark' },
        isLoopback: true,
        queue: 'q',
        kerberos: { principal: 'p@R', keytab: '/k' },
      }),
    ),
  ).filter(([name]) => !(name in plain));
  assert.deepEqual(Object.fromEntries(added), {
    'spark.yarn.jars': 'local:/opt/spark/*',
    'spark.yarn.queue': 'q',
    'spark.yarn.appMasterEnv.SPARK_LOCAL_HOSTNAME': 'localhost',
    'spark.executorEnv.SPARK_LOCAL_HOSTNAME': 'localhost',
    'spark.kerberos.principal': 'p@R',
    'spark.kerberos.keytab': '/k',
  });
});

test('each value is one argument, paths stand for secrets, and the tag is last', () => {
  const args = submitArguments({
    pipelineId: 'p 1; rm -rf /',
    tag: 'penstock-1',
    classPath: '/conf:/spark/*',
    jvmOptions: ['-Xmx512m'],
    driverJar: '/driver.jar',
    specFile: '/data/spec.json',
    logConfiguration: { containers: '/log.properties', submit: '/submit.properties' },
    archives: { node: 'hdfs://nn/node.tar.gz', engine: 'hdfs://nn/engine.tar.gz' },
    conf: { a: '1 --conf b=2', c: '' },
  });
  assert.ok(args.includes('--add-opens') && args.includes('java.base/sun.nio.ch=ALL-UNNAMED'));
  assert.deepEqual(args.slice(args.indexOf('-Dlog4j2.configurationFile=file:/submit.properties') + 1), [
    '-cp',
    '/conf:/spark/*',
    'org.apache.spark.deploy.SparkSubmit',
    '--master',
    'yarn',
    '--deploy-mode',
    'cluster',
    '--name',
    'penstock-p 1; rm -rf /',
    '--class',
    'org.penstock.spark.Driver',
    '--archives',
    'hdfs://nn/node.tar.gz#node,hdfs://nn/engine.tar.gz#engine',
    '--files',
    'file:/data/spec.json#run.json,file:/log.properties#log4j2.properties',
    '--conf',
    'a=1 --conf b=2',
    '--conf',
    'c=',
    '/driver.jar',
    './run.json',
    'penstock-1',
  ]);
});
