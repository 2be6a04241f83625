import type { Heartbeat, TaskProgress } from '@penstock/model';

/** A partition that has lag and has not moved for this long stands still. */
export const STANDING_STILL_MS = 15_000;

export const PARTITION_STANDS_STILL = 'PARTITION_STANDS_STILL';
export const RECORDS_HELD_BACK = 'RECORDS_HELD_BACK';

/** Partitions named in a reason; the run's view has all. */
const MAX_NAMED = 3;

/** Whether records wait for a task that does not get on. `ageMs`: of the heartbeat that says so. */
export const standsStill = ({ lag, stalledMs }: TaskProgress, ageMs: number): boolean =>
  lag > 0 && stalledMs + ageMs >= STANDING_STILL_MS;

/** Whether a transaction of a producer has been open for too long to be one that is at work. */
export const isHeldBack = ({ heldBack }: TaskProgress, ageMs: number): boolean =>
  heldBack !== undefined && heldBack.records > 0 && heldBack.forMs + ageMs >= STANDING_STILL_MS;

/**
 * What is written and cannot be read, because a producer's transaction neither commits nor aborts. Nothing of it shows
 * in the lag. Undefined where nothing is held back for long.
 */
export const heldBackOf = (
  heartbeat: Pick<Heartbeat, 'phase' | 'tasks'>,
  ageMs: number,
): { readonly code: string; readonly message: string } | undefined => {
  const held = heartbeat.phase === 'running' ? heartbeat.tasks.filter((task) => isHeldBack(task, ageMs)) : [];
  if (held.length === 0) return undefined;
  const named = held.slice(0, MAX_NAMED).map((task) => heldSentence(task, ageMs));
  const more = held.length > MAX_NAMED ? [`${held.length - MAX_NAMED} more partitions likewise.`] : [];
  return { code: RECORDS_HELD_BACK, message: [...named, ...more].join(' ') };
};

const heldSentence = ({ partition, topic, endOffset, heldBack }: TaskProgress, ageMs: number): string =>
  `${heldBack?.records ?? 0} records of partition ${partition} of ${topic} are held back for ` +
  `${Math.round(((heldBack?.forMs ?? 0) + ageMs) / 1000)} s by an open transaction that begins at offset ${endOffset}.`;

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
