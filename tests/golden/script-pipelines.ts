import { consumer, documentOf, producer } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenPipeline } from './golden-pipeline.ts';
import { measurements } from './measurements.ts';

/** The shortest idle time-out: behind a cut, windows wait for partitions that have caught up. */
const options = { commitIntervalMs: COMMIT_INTERVAL_MS, idleTimeoutMs: 1000 };
const MALFORMED = ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8', 'RECORD_VALUE_NULL'];

/** How records are grouped into batches is not defined: these scripts keep what they need by asset or point. */
const COUNTING = `
for (var i = 0; i < records.length; i++) {
  var value = records[i].value;
  if (value.value === null) { error.write(records[i], 'no value'); continue; }
  if (value.seq % 97 === 0) throw new Error('number ' + value.seq);
  if (value.seq % 89 === 0) continue;
  var known = state[value.assetId] || { count: 0, sum: 0, newest: 0 };
  known.count++;
  known.sum += value.value;
  known.newest = Math.max(known.newest, value.time);
  state[value.assetId] = known;
  value.total = { count: known.count, sum: known.sum, 'Ø': known.sum / known.count };
  output.write(records[i]);
  if (known.count % 10 === 0) {
    var made = sdcFunctions.createRecord('made');
    made.value = { assetId: value.assetId, pointId: 'tenth', modelId: value.modelId, time: known.newest, value: known.count };
    output.write(made);
  }
}`;

/** A script with state, errors of every kind, records it swallows and records it makes. */
export const scripted: GoldenPipeline = {
  name: 'scripted',
  outputs: { totals: {} },
  ordered: 'partition',
  deadLetters: [...MALFORMED, 'SCRIPT_ERROR', 'SCRIPT_FAILED'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        {
          name: 'JavaScript_01',
          label: 'JavaScript',
          from: ['EDHKafkaConsumer_01'],
          config: { script: COUNTING, timeLimitMs: 60_000 },
        },
        producer(outputs.totals ?? '', 'JavaScript_01'),
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 6,
      count: 3000,
      modelId: 'crane',
      assets: Array.from({ length: 16 }, (_, i) => `crane${i}🏗`),
      points: ['load', 'angle'],
    }),
};

/** What it counts does not depend on how records are grouped into batches. */
const PYTHON_COUNTING = `
for record in records:
    value = record.value
    if value['value'] is None:
        error.write(record, 'no value')
        continue
    if value['seq'] % 97 == 0:
        raise ValueError('number {seq}'.format(**value))
    if value['seq'] % 89 == 0:
        continue
    if value['seq'] % 83 == 0:
        value['wrong'] = {'of': {value['value']}}
    known = state.setdefault(value['assetId'], {'count': 0, 'newest': 0, 'serial': 2 ** 64})
    known['count'] += 1
    known['serial'] += value['seq']
    known['newest'] = max(known['newest'], value['time'])
    value['total'] = {'count': known['count'], 'serial': known['serial'], 'kinds': list({'µ', 'a', 'b', '🏗'})}
    output.write(record)
    if known['count'] % 10 == 0:
        made = sdcFunctions.createRecord('made')
        made.value = {'assetId': value['assetId'], 'pointId': 'tenth', 'modelId': value['modelId'],
                      'time': known['newest'], 'value': known['count'] / 7}
        output.write(made)
`;

/** A script in Python with state, errors of every kind, and numbers beyond what JavaScript holds. */
export const scriptedInPython: GoldenPipeline = {
  name: 'scripted-in-python',
  onCluster: 'Python comes with the engine, and has to fit into a container',
  outputs: { totals: {} },
  ordered: 'partition',
  deadLetters: [...MALFORMED, 'SCRIPT_ERROR', 'SCRIPT_FAILED', 'SCRIPT_OUTPUT_NOT_VALID'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        {
          name: 'PythonEvaluator_01',
          label: 'Python Evaluator',
          from: ['EDHKafkaConsumer_01'],
          config: { script: PYTHON_COUNTING, timeLimitMs: 60_000 },
        },
        producer(outputs.totals ?? '', 'PythonEvaluator_01'),
      ],
      { commitIntervalMs: COMMIT_INTERVAL_MS },
    ),
  input: () =>
    measurements({
      seed: 9,
      count: 2000,
      modelId: 'crane',
      assets: Array.from({ length: 16 }, (_, i) => `crane${i}🏗`),
      points: ['load', 'angle'],
    }),
};

const RUNNING_SUM = `
for (var i = 0; i < records.length; i++) {
  var value = records[i].value, key = value.assetId + '/' + value.pointId;
  state[key] = (state[key] || 0) + (value.value || 0);
  value.value = state[key];
  output.write(records[i]);
}`;

/** Two cuts one behind the other: what a script hands on may have become somebody else's. */
export const cutTwice: GoldenPipeline = {
  name: 'cut-twice',
  outputs: { quarters: {}, last: {} },
  ordered: 'key',
  deadLetters: MALFORMED,
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'FIELDS', partitionedByFields: ['gateway'] }),
        {
          name: 'JavaScript_01',
          label: 'JavaScript',
          from: ['EDHKafkaConsumer_01'],
          config: {
            script: RUNNING_SUM,
            timeLimitMs: 60_000,
            inputOutput: ['in', 'out'].map((point) => ({ inputPoint: `valve::${point}`, outputPoint: '' })),
          },
        },
        {
          name: 'FixedTimeWindowAggregator_01',
          label: 'Fixed Time Window Aggregator',
          from: ['JavaScript_01'],
          config: {
            inputOutput: ['in', 'out'].map((point) => ({
              inputPoint: `valve::${point}`,
              windowSize: 15,
              windowUnit: 'MINUTE',
              aggregator: 'delta',
              outputPoint: `valve::${point}_15m`,
            })),
          },
        },
        producer(outputs.quarters ?? '', 'FixedTimeWindowAggregator_01'),
        {
          name: 'LastRecordAppender_01',
          label: 'Last Record Appender',
          from: ['FixedTimeWindowAggregator_01'],
          config: {
            inputOutput: [{ inputPoint: 'valve::in_15m', conditions: '*', outputPoint: 'valve::in_15m_last' }],
          },
        },
        { ...producer(outputs.last ?? '', 'LastRecordAppender_01'), name: 'EDHKafkaProducer_02' },
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 7,
      count: 4000,
      modelId: 'valve',
      assets: Array.from({ length: 10 }, (_, i) => `valve${i}`),
      points: ['in', 'out', 'temp'],
      partitionKey: (assetId, pointId) => `gateway${Number(assetId.slice(5)) % 3}${pointId}`,
    }),
};

/** One source, many ways: filters, branches that meet again, errors that are dropped, a topic that takes little. */
export const branched: GoldenPipeline = {
  name: 'branched',
  outputs: { everything: {}, small: { 'max.message.bytes': '420' }, met: {} },
  ordered: 'key',
  deadLetters: ['KAFKA_RECORD_TOO_LARGE', ...MALFORMED],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        producer(outputs.everything ?? '', 'EDHKafkaConsumer_01'),
        {
          name: 'OffLimitTagger_01',
          label: 'Off Limit Tagger',
          from: ['EDHKafkaConsumer_01'],
          config: {
            stageOnRecordError: 'DISCARD',
            inputOutput: [
              { inputPoint: 'boiler::temp', openClose: '[x,y]', minMax: '0,500', outputPoint: 'boiler::temp_tagged' },
            ],
          },
        },
        {
          name: 'JavaScript_01',
          label: 'JavaScript',
          from: ['EDHKafkaConsumer_01'],
          config: {
            stageRequiredFields: ['/nested/list'],
            script:
              "for (var i = 0; i < records.length; i++) { var v = records[i].value; v.text = 'µ'.repeat(v.seq % 90); output.write(records[i]); }",
            timeLimitMs: 60_000,
          },
        },
        {
          ...producer(outputs.met ?? '', 'OffLimitTagger_01'),
          name: 'EDHKafkaProducer_02',
          from: ['OffLimitTagger_01', 'JavaScript_01'],
        },
        { ...producer(outputs.small ?? '', 'JavaScript_01'), name: 'EDHKafkaProducer_03' },
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 8,
      count: 3000,
      modelId: 'boiler',
      assets: Array.from({ length: 20 }, (_, i) => `boiler${i}`),
      points: ['temp', 'level'],
      texts: 0.02,
    }),
};
