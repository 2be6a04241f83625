import type { Heartbeat, TaskProgress } from '@penstock/model';

/** A partition that has lag and has not moved for this long stands still. */
export const STANDING_STILL_MS = 15_000;

export const PARTITION_STANDS_STILL = 'PARTITION_STANDS_STILL';

/** Partitions named in a reason; the run's view has all. */
const MAX_NAMED = 3;

/** Whether records wait for a task that does not get on. `ageMs`: of the heartbeat that says so. */
export const standsStill = ({ lag, stalledMs }: TaskProgress, ageMs: number): boolean =>
  lag > 0 && stalledMs + ageMs >= STANDING_STILL_MS;

/**
 * Why a run that is up does not do all of its work: partitions that stand still, with what is known of it. Undefined
 * where all of them move, or none is meant to (rate 0).
 */
export const standstillOf = (
  heartbeat: Pick<Heartbeat, 'phase' | 'tasks'>,
  kafkaRate: number,
  ageMs: number,
): { readonly code: string; readonly message: string } | undefined => {
  if (kafkaRate === 0 || heartbeat.phase !== 'running') return undefined;
  const still = heartbeat.tasks.filter((task) => standsStill(task, ageMs));
  if (still.length === 0) return undefined;
  const named = still.slice(0, MAX_NAMED).map((task) => sentenceOf(task, ageMs));
  const more = still.length > MAX_NAMED ? [`So do ${still.length - MAX_NAMED} more.`] : [];
  return { code: PARTITION_STANDS_STILL, message: [...named, ...more].join(' ') };
};

const sentenceOf = ({ partition, topic, lag, stalledMs, trouble }: TaskProgress, ageMs: number): string =>
  `Partition ${partition} of ${topic} stands still for ${Math.round((stalledMs + ageMs) / 1000)} s ` +
  `although ${lag} records wait: ${(trouble ?? 'no error is known; its connection to the broker may be silent').replace(/\.$/, '')}.`;
