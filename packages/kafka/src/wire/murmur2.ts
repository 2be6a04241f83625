const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** MurmurHash 2 over `bytes[0, length)` as in Kafka's Java client (`Utils.murmur2`): a signed 32-bit integer. */
export const murmur2 = (bytes: Uint8Array, length = bytes.length): number => {
  let hash = SEED ^ length;
  const whole = length & ~3;
  for (let i = 0; i < whole; i += 4) {
    let word = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24);
    word = Math.imul(word, M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  if (length > whole) {
    const rest = length - whole;
    if (rest === 3) hash ^= (bytes[whole + 2] ?? 0) << 16;
    if (rest >= 2) hash ^= (bytes[whole + 1] ?? 0) << 8;
    hash = Math.imul(hash ^ (bytes[whole] ?? 0), M);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
};

let scratch = Buffer.allocUnsafeSlow(1024);

/** The partition that Kafka's default partitioner gives a record with this key. */
export const partitionForKey = (key: string, partitions: number): number => {
  if (key.length * 3 > scratch.length) scratch = Buffer.allocUnsafeSlow(key.length * 3);
  return (murmur2(scratch, scratch.utf8Write(key, 0)) & 0x7fffffff) % partitions;
};
