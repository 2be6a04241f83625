import type { JsonObject } from '@penstock/model';
import { canonical } from '@penstock/testkit';
import type { ComparedRecord } from '../verdict/compare.ts';
import type { ChaosOutput } from './stateful-pipeline.ts';

/**
 * Outputs of records are told apart by the input's number, windows by point and start. A captured record may be
 * restored many times: by its number and how often it has come so far.
 */
export const recordNames = (): ((output: ChaosOutput, record: JsonObject) => ComparedRecord) => {
  const times = new Map<string, number>();
  return (output, record) => {
    const key = `${record.assetId}${record.pointId}`;
    const seq = String(record.seq);
    const content = canonical(record);
    if (output === 'window') return { key, id: `${key} ${record.time}`, content };
    if (output !== 'restored') return { key, id: seq, content };
    const time = (times.get(seq) ?? 0) + 1;
    times.set(seq, time);
    return { key, id: `${seq} for the ${time}. time`, content };
  };
};
