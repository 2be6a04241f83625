import type { StreamRecord } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';

/**
 * Bits of `dq` (contract G.1, G.4). EnOS publishes two values, 0 for fine and 5 for late; the bits behind them are
 * ours: bit 0 says that there is a finding, each kind of finding has a bit of its own, and findings of several
 * operators are or-ed together. So a late value (5) over its upper limit (9) has 13.
 */
export const DataQuality = {
  /** 0b00101 */
  late: 5,
  /** 0b01001 */
  overUpperLimit: 9,
  /** 0b10001 */
  underLowerLimit: 17,
} as const;

const TWO_32 = 4294967296;

/** `dq` with more bits set. What is not a whole number of 0 or more counts as 0. The upper bits of a long are kept. */
export const withBits = (dq: JsonValue | undefined, bits: number): number => {
  if (dq === undefined || dq === null || dq === 0) return bits;
  if (typeof dq !== 'number' || !Number.isSafeInteger(dq) || dq < 0) return bits;
  const low = dq % TWO_32;
  return dq - low + ((low | bits) >>> 0);
};

/** Puts a finding (0: none) into the record's `dq`. Every bit of a long that is there stays, also those beyond 2^53. */
export const tagQuality = (record: StreamRecord, bits: number): void => {
  const dq = record.get('dq');
  if (bits === 0) {
    if (dq === undefined || dq === null) record.set('dq', 0);
  } else if (typeof dq === 'number' && dq > Number.MAX_SAFE_INTEGER) {
    const text = record.jsonOf('dq') ?? '';
    const exact = WHOLE.test(text) ? BigInt(text) : BigInt(dq);
    record.setJson('dq', String(exact | BigInt(bits)));
  } else record.set('dq', withBits(dq, bits));
};

const WHOLE = /^\d+$/;
