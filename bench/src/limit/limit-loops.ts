import type { SourceBatch, TopicAppender } from '@penstock/engine';
import { HIGHEST, LOWEST, SELECTED_POINTS } from '../workload/off-limit-workloads.ts';
import { WINDOW_MS, type WindowSums } from '../workload/window-workload.ts';
import type { WorkloadName } from '../workload/workload.ts';

/** Does a workload's bare work on one batch, which no engine can leave out; gives the number of records written. */
export type LimitLoop = (batch: SourceBatch, out: TopicAppender) => number;

/** What the loops need of a record; the data is ASCII, and they rely on it. */
interface Reading {
  assetId: string;
  pointId: string;
  time: number;
  value: number | null;
  outOfLimits?: boolean;
}

const textOf = (batch: SourceBatch, index: number): string =>
  batch.bytes.latin1Slice(batch.valueStart[index], batch.valueEnd[index]);

const keyOf = (batch: SourceBatch, index: number): string =>
  batch.bytes.latin1Slice(batch.keyStart[index], batch.keyEnd[index]);

const writeJudged = (record: Reading, batch: SourceBatch, index: number, out: TopicAppender): number => {
  if (record.value === null) return 0;
  record.outOfLimits = record.value < LOWEST || record.value > HIGHEST;
  out.append(batch.partition, keyOf(batch, index), JSON.stringify(record), batch.timestamps[index] ?? 0);
  return 1;
};

/** Rejects by substring before parsing; what is left is parsed, changed and written. */
const select: LimitLoop = (batch, out) => {
  const [first = '', second = ''] = SELECTED_POINTS.map((pointId) => `"pointId":"${pointId}"`);
  let written = 0;
  for (let index = 0; index < batch.count; index++) {
    const text = textOf(batch, index);
    if (!text.includes(first) && !text.includes(second)) continue;
    written += writeJudged(JSON.parse(text) as Reading, batch, index, out);
  }
  return written;
};

/** Parses each record, adds a field, stringifies and writes it. Also the limit of `script`. */
const map: LimitLoop = (batch, out) => {
  let written = 0;
  for (let index = 0; index < batch.count; index++) {
    written += writeJudged(JSON.parse(textOf(batch, index)) as Reading, batch, index, out);
  }
  return written;
};

/** The script keeps records without a value. */
const script: LimitLoop = (batch, out) => {
  for (let index = 0; index < batch.count; index++) {
    const record = JSON.parse(textOf(batch, index)) as Reading & { twice?: number | null };
    record.twice = record.value === null ? null : record.value * 2;
    out.append(batch.partition, keyOf(batch, index), JSON.stringify(record), batch.timestamps[index] ?? 0);
  }
  return batch.count;
};

/** Parses each record, keeps a map of sums, and writes one result for each window that a later record closes. */
const createWindow = (): LimitLoop => {
  const windows = new Map<string, WindowSums>();
  return (batch, out) => {
    let written = 0;
    for (let index = 0; index < batch.count; index++) {
      const record = JSON.parse(textOf(batch, index)) as Reading;
      if (record.value === null) continue;
      const key = keyOf(batch, index);
      const start = record.time - (record.time % WINDOW_MS);
      let window = windows.get(key);
      if (window === undefined || window.start !== start) {
        if (window !== undefined) {
          const result = { ...record, time: window.start, value: window.sum / window.count };
          out.append(batch.partition, key, JSON.stringify(result), window.start);
          written++;
        }
        window = { start, sum: 0, count: 0 };
        windows.set(key, window);
      }
      window.sum += record.value;
      window.count++;
    }
    return written;
  };
};

/** Windows over all partitions are no loop over one batch after the other: what is behind a cut has no bare limit. */
export type LimitedWorkload = Exclude<WorkloadName, 'keyless'>;

export const hasLimit = (workload: WorkloadName): workload is LimitedWorkload => workload !== 'keyless';

export const limitLoopOf = (workload: LimitedWorkload): LimitLoop => {
  switch (workload) {
    case 'select':
      return select;
    case 'map':
      return map;
    case 'window':
    case 'window-wide':
      return createWindow();
    case 'script':
      return script;
  }
};

/** One line for people: what the limit of a workload is. */
export const limitDescriptions: Readonly<{ [name in LimitedWorkload]: string }> = {
  select: 'fetch, reject by substring before parsing, parse the rest, add a field, stringify, write',
  map: 'fetch, parse each record, add a field, stringify, write',
  window: 'fetch, parse each record, keep a map of sums, write one result per closed window',
  'window-wide': 'as that of window',
  script: 'fetch, parse each record, add a field, stringify, write (as map, without a sandbox)',
};
