import { isJsonObject, type JsonValue } from '@penstock/model';
import type { RecordHeader } from '../ports.ts';

/** How far a flow has come. */
export interface FlowProgress {
  readonly flow: string;
  /** Event time its source partition has reached, over all keys, in Unix ms; -Infinity where not known. */
  readonly streamTime: number;
  /** All that the source partition held at this time (Unix ms) has been passed on; -Infinity while it is behind. */
  readonly caughtUpAt: number;
}

/**
 * What a task in front of a cut tells every task behind it now and then: how far its flows have come. A message of the
 * repartition topic without key and value, behind all records it speaks of.
 */
export interface ProgressMessage {
  /** The task that says so, by part and partition. */
  readonly part: number;
  readonly partition: number;
  /** How many tasks its part has. */
  readonly tasks: number;
  /** False while the task itself does not know all flows that lead to it. */
  readonly isComplete: boolean;
  readonly flows: readonly FlowProgress[];
}

const PROGRESS = 'penstock.progress';

const orNull = (value: number): JsonValue => (Number.isFinite(value) ? value : null);
const orNever = (value: JsonValue | undefined): number =>
  typeof value === 'number' ? value : Number.NEGATIVE_INFINITY;

export const progressHeader = (message: ProgressMessage): RecordHeader => ({
  key: Buffer.from(PROGRESS),
  value: Buffer.from(
    JSON.stringify({
      ...message,
      flows: message.flows.map(({ flow, streamTime, caughtUpAt }) => [flow, orNull(streamTime), orNull(caughtUpAt)]),
    }),
  ),
});

/** Undefined where the headers are not those of a progress message. */
export const readProgress = (headers: readonly RecordHeader[]): ProgressMessage | undefined => {
  const value = headers.find(({ key }) => key.toString('latin1') === PROGRESS)?.value;
  if (value === undefined || value === null) return undefined;
  const stored = JSON.parse(value.toString('utf8')) as JsonValue;
  if (!isJsonObject(stored) || !Array.isArray(stored.flows)) return undefined;
  const { part, partition, tasks, isComplete } = stored;
  if (typeof part !== 'number' || typeof partition !== 'number' || typeof tasks !== 'number') return undefined;
  return {
    part,
    partition,
    tasks,
    isComplete: isComplete === true,
    flows: stored.flows.flatMap((entry) => {
      const [flow, streamTime, caughtUpAt] = Array.isArray(entry) ? entry : [];
      if (typeof flow !== 'string') return [];
      return [{ flow, streamTime: orNever(streamTime), caughtUpAt: orNever(caughtUpAt) }];
    }),
  };
};
