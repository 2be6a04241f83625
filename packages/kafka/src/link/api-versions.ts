import { kafkaError } from '../errors.ts';

/** Versions that this package speaks, by API key: [key, name, version]. Kafka 3.1 has them all. */
const NEEDED: readonly (readonly [number, string, number])[] = [
  [0, 'Produce', 9],
  [1, 'Fetch', 13],
  [2, 'ListOffsets', 7],
  [3, 'Metadata', 12],
  [8, 'OffsetCommit', 8],
  [9, 'OffsetFetch', 8],
  [10, 'FindCoordinator', 4],
  [22, 'InitProducerId', 4],
  [24, 'AddPartitionsToTxn', 3],
  [25, 'AddOffsetsToTxn', 3],
  [26, 'EndTxn', 3],
  [28, 'TxnOffsetCommit', 3],
  [66, 'ListTransactions', 0],
];

/** Produce 9 to 11 look the same on the wire; the newest is used. Version 12 would mean transactions version 2. */
const PRODUCE_NEWEST = 11;

export interface ProtocolVersions {
  readonly produce: number;
}

/** What a broker says of itself: versions by API key. */
export interface OfferedVersions {
  readonly apiKeys: readonly { readonly apiKey: number; readonly minVersion: number; readonly maxVersion: number }[];
}

/** Checks that the broker speaks what is needed; throws `KAFKA_BROKER_UNSUPPORTED`. */
export const negotiateVersions = ({ apiKeys }: OfferedVersions): ProtocolVersions => {
  const offered = new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { minVersion, maxVersion }]));
  for (const [key, name, version] of NEEDED) {
    const range = offered.get(key);
    if (range === undefined || version < range.minVersion || version > range.maxVersion) {
      const has = range === undefined ? 'nothing' : `${range.minVersion} to ${range.maxVersion}`;
      const message = `The broker does not speak ${name} version ${version} (it offers ${has}); Kafka 3.1 or newer is needed.`;
      throw kafkaError('KAFKA_BROKER_UNSUPPORTED', message, { params: { api: name, version } });
    }
  }
  return { produce: Math.min(PRODUCE_NEWEST, offered.get(0)?.maxVersion ?? PRODUCE_NEWEST) };
};
