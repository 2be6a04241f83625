import { readTopic } from '@penstock/testkit/kafka';
import { assetIdOf, POINTS } from '../data/measurements.ts';
import type { BenchRun } from '../measure/bench-run.ts';
import type { Fingerprint } from '../workload/fingerprint.ts';
import { forEachClosedWindow } from '../workload/window-workload.ts';
import type { WorkloadName } from '../workload/workload.ts';

/** Kafka Streams has no sandboxed scripts to compare with. */
export type PeerWorkload = Extract<WorkloadName, 'select' | 'map' | 'window'>;

interface PeerWindow {
  readonly key: string;
  readonly time: number;
  readonly average: number;
  readonly count: number;
}

/**
 * A peer must have done the work too, or its figure says nothing: `select` and `map` by count; `window` by the last
 * update of each window, since the program writes updates.
 */
export const peerOutputProblem = async (
  run: BenchRun,
  topic: string,
  workload: PeerWorkload,
  expected: Fingerprint,
): Promise<string | undefined> => {
  let records = 0;
  const windows = new Map<string, PeerWindow>();
  await readTopic(run.client, topic, (batch) => {
    records += batch.count;
    if (workload !== 'window') return;
    for (let index = 0; index < batch.count; index++) {
      const text = batch.bytes.latin1Slice(batch.valueStart[index], batch.valueEnd[index]);
      const window = JSON.parse(text) as PeerWindow;
      windows.set(`${window.key} ${window.time}`, window);
    }
  });
  if (workload !== 'window') {
    return records === expected.records ? undefined : `the peer wrote ${records} records, not ${expected.records}`;
  }
  let wrong = 0;
  forEachClosedWindow(run.data, (asset, point, { start, sum, count }) => {
    const window = windows.get(`${assetIdOf(asset)}${POINTS[point]} ${start}`);
    const isRight = window?.count === count && Math.abs(window.average - sum / count) < 1e-6;
    if (!isRight) wrong++;
  });
  return wrong === 0 ? undefined : `${wrong} windows of the peer are wrong or missing`;
};
