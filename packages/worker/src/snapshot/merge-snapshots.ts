import type { SnapshotRecord, SnapshotRequest, SnapshotResult } from '@penstock/model';

/**
 * One result of several (threads, workers), at most the wanted number of records for each stage and direction. Records
 * of the first result come first everywhere, so that what went into a stage and what came out of it belong together.
 * Results of other requests are left out.
 */
export const mergeSnapshots = (request: SnapshotRequest, results: Iterable<SnapshotResult>): SnapshotResult => {
  const slots = new Map<string, SnapshotRecord[]>();
  for (const result of results) {
    if (result.id !== request.id) continue;
    for (const record of result.records) {
      const key = `${record.direction} ${record.stage}`;
      const kept = slots.get(key);
      if (kept === undefined) slots.set(key, [record]);
      else if (kept.length < request.records) kept.push(record);
    }
  }
  return { id: request.id, records: [...slots.values()].flat() };
};
