import { crc32 } from 'node:zlib';

/** What two outputs are compared by: how many records, and a checksum of the sequence of every key. */
export interface Fingerprint {
  readonly records: number;
  readonly keys: ReadonlyMap<string, number>;
}

/**
 * Collects a fingerprint: the records of one key count in their order, keys among each other do not, because nothing
 * is promised about order between partitions.
 */
export class FingerprintBuilder implements Fingerprint {
  records = 0;
  readonly keys = new Map<string, number>();

  add(key: string, content: string): void {
    this.records++;
    this.keys.set(key, crc32(content, this.keys.get(key) ?? 0));
  }
}

/** What is wrong with `actual`, in one sentence; undefined where nothing is. */
export const differenceOf = (actual: Fingerprint, expected: Fingerprint): string | undefined => {
  const different = [...expected.keys].filter(([key, checksum]) => actual.keys.get(key) !== checksum);
  const unexpected = [...actual.keys.keys()].filter((key) => !expected.keys.has(key));
  if (actual.records === expected.records && different.length === 0 && unexpected.length === 0) return undefined;
  const examples = [...different.map(([key]) => key), ...unexpected].slice(0, 3).join(', ');
  return (
    `${actual.records} records where ${expected.records} were expected; content or order differs for ` +
    `${different.length} of ${expected.keys.size} keys, ${unexpected.length} keys are unexpected (${examples})`
  );
};
