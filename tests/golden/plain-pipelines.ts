import { consumer, createRandom, documentOf, type GivenAssets, producer, wholeBetween } from '@penstock/testkit';
import { COMMIT_INTERVAL_MS, type GoldenMessage, type GoldenPipeline } from './golden-pipeline.ts';
import { measurements, pick } from './measurements.ts';

const options = { commitIntervalMs: COMMIT_INTERVAL_MS };
const MAX_OBJECT_BYTES = 700_000;

/** Texts that mean the same to a parser as others but are not the same bytes; every byte has to come through. */
const unusualTexts = (): GoldenMessage[] => {
  const random = createRandom(12);
  return Array.from({ length: 600 }, (_, i): GoldenMessage => {
    const assetId = `Anlage ${i % 7} – 発電機`;
    const fields = [
      `"assetId" : "${assetId}"`,
      `"pointId":\t"leistung\\u00e4"`,
      `"value":${wholeBetween(random, 1, 9)}0071992547409931234567890.5`,
      `"counter":-${wholeBetween(random, 1, 9)}8446744073709551615`,
      `"tiny":1.000E-400, "same":1, "same":2`,
      `"text":"\\ud83c\\udf0a \\u0000 \\/ ${'é'.repeat(i % 5)}"`,
      `"time":16000000${String(i).padStart(5, '0')}`,
    ];
    return { key: i % 3 === 0 ? null : `k${i}`, partitionKey: assetId, value: `{ ${fields.join(' ,\n')} }` };
  });
};

/** From a hundred kilobytes to more than the pipeline takes. */
const largeRecords = (): GoldenMessage[] =>
  [100_000, 300_000, 650_000, 690_000, 720_000, 900_000].map((size, i) => ({
    key: 'large',
    partitionKey: `large${i % 3}`,
    value: JSON.stringify({ assetId: `large${i % 3}`, pointId: 'blob', time: i, value: 'ü'.repeat(size / 2) }),
  }));

/** Read, sent on by a stage that changes nothing, and written: what no stage touches keeps its bytes. */
export const copiedAsItIs: GoldenPipeline = {
  name: 'copied-as-it-is',
  outputs: { all: {} },
  ordered: 'partition',
  deadLetters: ['RECORD_NOT_JSON', 'RECORD_NOT_OBJECT', 'RECORD_NOT_UTF8', 'RECORD_TOO_LARGE', 'RECORD_VALUE_NULL'],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, {
          partitionedBy: 'ASSET',
          'kafkaConfigBean.dataFormatConfig.jsonMaxObjectLen': MAX_OBJECT_BYTES,
        }),
        {
          name: 'StreamSelector_01',
          label: 'Stream Selector',
          from: ['EDHKafkaConsumer_01'],
          config: { lanePredicates: [{ outputLane: 'StreamSelector_01_out', predicate: 'default' }] },
        },
        producer(outputs.all ?? '', 'StreamSelector_01'),
      ],
      options,
    ),
  input: () => [
    ...measurements({
      seed: 1,
      count: 2500,
      modelId: 'turbine',
      assets: Array.from({ length: 30 }, (_, i) => `a${i}`),
      points: ['power', 'Größe'],
      malformed: 0.03,
    }),
    ...unusualTexts(),
    ...largeRecords(),
  ],
};

/** All but some of the pumps. */
const PUMPS: GivenAssets = Object.fromEntries(
  Array.from({ length: 20 }, (_, i) => [
    `pump${i}`,
    {
      modelIdPath: '/device/pump',
      name: `Pumpe ${i}`,
      attributes: { rated: i * 1.5, place: { hall: i % 3 } },
      tags: { hall: `hall-${i % 3}` },
      ...(i % 2 === 0 ? { timezone: '+08:00' } : {}),
    },
  ]),
);

/**
 * Selected by point, tagged by limits, some rows twice and under other models; looked up, some of them in vain; and a service that nobody may ask, at an
 * address of the machine itself: an error of each record that would, and of no other.
 */
export const selectedAndTagged: GoldenPipeline = {
  name: 'selected-and-tagged',
  onCluster: 'workers in containers ask the service for assets',
  outputs: { tagged: {}, looked: {} },
  ordered: 'partition',
  assets: { assets: PUMPS },
  deadLetters: [
    'OUTBOUND_ADDRESS_REFUSED',
    'RECORD_NOT_JSON',
    'RECORD_NOT_OBJECT',
    'RECORD_NOT_UTF8',
    'RECORD_VALUE_NULL',
    'VALUE_NOT_NUMERIC',
  ],
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'ASSET' }),
        {
          name: 'PointSelector_01',
          label: 'Point Selector',
          from: ['EDHKafkaConsumer_01'],
          config: { inputOutput: ['flow', 'pressure', 'тиск'].map((point) => ({ inputPoint: `pump::${point}` })) },
        },
        {
          name: 'OffLimitTagger_01',
          label: 'Off Limit Tagger',
          from: ['PointSelector_01'],
          config: {
            inputOutput: [
              { inputPoint: 'pump::flow', openClose: '[x,y)', minMax: '-500,500.5', outputPoint: 'pump::flow' },
              { inputPoint: 'pump::flow', openClose: '(-∞,y]', minMax: ',0', outputPoint: 'root::flow_negative' },
              { inputPoint: 'pump::pressure', openClose: '(x,+∞)', minMax: '0,', outputPoint: 'other::pressure_ok' },
              { inputPoint: 'pump::тиск', openClose: '[x,y]', minMax: '-1,1', outputPoint: 'pump::тиск_ok' },
            ],
          },
        },
        producer(outputs.tagged ?? '', 'OffLimitTagger_01'),
        {
          name: 'AssetLookup_01',
          label: 'Asset Lookup',
          from: ['PointSelector_01'],
          config: {
            inputOutput: [{ inputPoint: 'pump::flow', outputPoint: 'pump::flow_asset' }],
            tag: 'ALL',
            extra: 'SELECTED',
            extraKeys: [{ key: 'tslInstanceName' }, { key: 'timezone' }, { key: 'modelIdPath' }],
          },
        },
        producer(outputs.looked ?? '', 'AssetLookup_01', 2),
        {
          name: 'InternalHTTPClient_01',
          label: 'Internal HTTP Client',
          from: ['PointSelector_01'],
          config: {
            inputOutput: [{ inputPoint: 'pump::тиск' }],
            url: 'http://127.0.0.1:9/pumps/{id}',
            parameters: [{ position: 'URL Path', key: 'id', urlParamType: 'ByField', value: '/assetId' }],
          },
        },
        { name: 'Trash_01', label: 'Trash', from: ['PointSelector_01', 'InternalHTTPClient_01'] },
      ],
      options,
    ),
  input: () =>
    measurements({
      seed: 2,
      count: 4000,
      modelId: 'pump',
      assets: Array.from({ length: 25 }, (_, i) => `pump${i}`),
      points: ['flow', 'pressure', 'тиск', 'speed', 'level'],
      texts: 0.01,
    }),
};

const POINTS = ['power', 'speed', 'temp', 'phase', 'never'];

/** Uploads of devices, some with several entries, some of which nothing is needed, and some that are none. */
const uploads = (): GoldenMessage[] => {
  const random = createRandom(17);
  return Array.from({ length: 1500 }, (_, seq): GoldenMessage => {
    const assetId = `inverter-${wholeBetween(random, 0, 8)}`;
    const entry = (nth: number): string => {
      const points = POINTS.filter(() => random() < 0.5).map((point) => {
        const value = `${wholeBetween(random, 0, 999)}.${pick(random, ['0', '50', '9007199254740993'])}`;
        return `"${point}":${random() < 0.2 ? `{"value":${value},"quality":${nth}}` : value}`;
      });
      const time = Date.UTC(2026, 0, 1) + seq * 1000 + nth;
      return `{"assetId":"${assetId}","time":${random() < 0.01 ? '"no time"' : time},"measurepoints":{${points.join()}}}`;
    };
    const payload = Array.from({ length: wholeBetween(random, 1, 3) }, (_each, nth) => entry(nth)).join();
    const model = '"modelId":"inverter","modelIdPath":"/device/inverter"';
    const value = `{"orgId":"golden",${model},"payload":[${payload}],"seq":${seq}}`;
    return {
      key: null,
      partitionKey: assetId,
      value: random() < 0.01 ? value.replace('"payload":[', '"payload":[7,') : value,
    };
  });
};

/** Uploads to records of points that released pipelines read; and of these, what they put out. */
export const normalized: GoldenPipeline = {
  name: 'normalized',
  onCluster: 'workers in containers ask the service for the lineage of what is released',
  outputs: { internal: {}, cal: {} },
  ordered: 'partition',
  deadLetters: ['PAYLOAD_NOT_VALID', 'TIME_NOT_VALID'],
  references: {
    lineage: { inputs: ['device::power', 'inverter::speed', 'inverter::temp'], outputs: ['inverter::temp'] },
  },
  document: ({ input, outputs }) =>
    documentOf(
      [
        consumer(input, { partitionedBy: 'UNKNOWN' }),
        { name: 'Normalizer_01', label: 'Normalizer', from: ['EDHKafkaConsumer_01'], config: {} },
        producer(outputs.internal ?? '', 'Normalizer_01'),
        {
          name: 'Normalizer_02',
          label: 'Normalizer',
          from: ['Normalizer_01'],
          config: { normalizerType: 'CAL' },
        },
        producer(outputs.cal ?? '', 'Normalizer_02', 2),
      ],
      options,
    ),
  input: uploads,
};
