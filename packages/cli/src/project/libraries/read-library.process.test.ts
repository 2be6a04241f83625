import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../run.ts';

const example = fileURLToPath(new URL('../../../../../docs/own-operators/dead-band', import.meta.url));

const folderOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-library-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(example, join(folder, 'dead-band'), { recursive: true });
  return folder;
};

const called = async (cwd: string, ...args: readonly string[]) => {
  let said = '';
  const write = (text: string): void => {
    said += text;
  };
  const output = { isTTY: false, columns: 120, write };
  const code = await run(args, { output, environment: {}, cwd, signal: new AbortController().signal }, write);
  return { code, said };
};

test('a folder becomes a package that holds all of it, once its cases pass', async (t) => {
  const cwd = folderOf(t);
  const packed = await called(cwd, 'libraries', 'pack', 'dead-band');
  assert.deepEqual(
    [packed.code, packed.said],
    [0, 'acme-filters-1.0.0.json: acme-filters 1.0.0, operators: 1, cases passed: 3.\n'],
  );
  const { operators } = JSON.parse(readFileSync(join(cwd, 'acme-filters-1.0.0.json'), 'utf8'));
  assert.equal(operators[0].code, readFileSync(join(example, 'dead-band.js'), 'utf8'));
  assert.equal(operators[0].cases.length, 3);
  assert.equal((await called(cwd, 'libraries', 'pack', 'acme-filters-1.0.0.json', '--output', 'again.json')).code, 0);
});

test('what is wrong with a library is told with its place, and nothing is written', async (t) => {
  const cwd = folderOf(t);
  const manifest = join(cwd, 'dead-band', 'manifest.json');
  const text = readFileSync(manifest, 'utf8');
  const said = async (changed: string) => {
    writeFileSync(manifest, changed);
    const { code, said: what } = await called(cwd, 'libraries', 'pack', 'dead-band', '--output', 'p.json');
    return `${code} ${what}`;
  };
  assert.match(await said(text.replace('"select"', '"other"')), /^2 .*\/operators\/0\/category/s);
  assert.match(await said(text.replace('dead-band.js', '../../secret.js')), /^2 .*not beside it/s);
  assert.match(await said(text.replace('dead-band.js', 'none.js')), /^2 .*none\.js cannot be read/s);
  assert.match(await said('{'), /^2 .*manifest\.json/s);
  assert.match(await said(text.replace('"in-dead-band"', '"in-band"')), /^1 .*\/operators\/0\/cases\/0/s);
  assert.throws(() => readFileSync(join(cwd, 'p.json')), { code: 'ENOENT' });
});

test('pipelines of a folder are tested with the libraries beside them', async (t) => {
  const cwd = folderOf(t);
  const pipeline = join(cwd, 'pipelines', 'calm');
  mkdirSync(join(pipeline, 'cases'), { recursive: true });
  mkdirSync(join(cwd, 'libraries'));
  writeFileSync(join(cwd, 'penstock.yaml'), 'formatVersion: 1\n');
  const library = 'acme-filters@1.0.0';
  const stage = { name: 'DeadBandFilter_01', library, stageName: `own_${library}_DeadBandFilter` };
  const stages = [
    { name: 'EDHKafkaConsumer_01', label: 'EDH Kafka Consumer', config: { 'kafkaConfigBean.topic': '' } },
    { ...stage, label: 'Ours', config: { inputOutput: [{ inputPoint: 'turbine::power', deadBand: 1 }] } },
    { name: 'EDHKafkaProducer_01', label: 'EDH Kafka Producer', config: { 'conf.topic': '' } },
  ];
  const document = {
    title: 'calm',
    configuration: [],
    stages: stages.map(({ name, label, config, ...named }, index) => ({
      instanceName: name,
      library: '',
      stageName: '',
      ...named,
      stageVersion: '1',
      configuration: Object.entries(config).map(([option, value]) => ({ name: option, value })),
      uiInfo: { label },
      inputLanes: index === 0 ? [] : [`lane${index}`],
      outputLanes: index === 2 ? [] : [`lane${index + 1}`],
    })),
  };
  writeFileSync(join(pipeline, 'pipeline.json'), JSON.stringify({ pipelineConfig: document }));
  const point = { orgId: 'test', modelId: 'turbine', modelIdPath: '/turbine', assetId: 'a', pointId: 'power' };
  const record = (value: number, time: number) => ({ ...point, time: 1_600_000_000_000 + time, value });
  const input = [record(1, 0), record(1.5, 1), record(3, 2)];
  writeFileSync(
    join(pipeline, 'cases', 'calm.json'),
    JSON.stringify([
      {
        title: 'small changes are dropped',
        input,
        output: { [stage.name]: [input[0], input[2]] },
        dropped: { [stage.name]: { 'in-dead-band': 1 } },
      },
    ]),
  );
  const without = await called(cwd, 'test', '.');
  assert.equal(without.code, 1);
  assert.match(without.said, /STAGE_OPERATOR_UNKNOWN/);
  cpSync(join(cwd, 'dead-band'), join(cwd, 'libraries', 'dead-band'), { recursive: true });
  const tested = await called(cwd, 'test', '.');
  assert.deepEqual([tested.code, tested.said.includes('1 passed, 0 failed')], [0, true], tested.said);
});
