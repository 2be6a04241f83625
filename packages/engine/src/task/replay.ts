import { isJsonObject } from '@penstock/model';
import { type Plan, type PlanPart, partOfCut } from '../plan/plan.ts';
import type { RecordHeader, SourceBatch } from '../ports.ts';
import { StreamRecord } from '../record/stream-record.ts';

/**
 * A dead letter that was sent back. It comes by the source topic, so that it reaches the task with its key's state, and
 * goes on at the stage that refused it; other stages and other pipelines that read the topic leave it alone. These
 * headers come before all others of the message, so that looking for them costs next to nothing.
 */
export const ReplayHeader = {
  /** Id of the dead letter. */
  id: 'penstock.replay',
  pipelineId: 'penstock.replay.pipelineId',
  /** Instance name of the stage to go on at. */
  stage: 'penstock.replay.stage',
  /** The record as that stage saw it (JSON), where it differs from the message's value. */
  record: 'penstock.replay.record',
} as const;

export interface Replay {
  readonly pipelineId: string;
  readonly stage: string;
  readonly record: string | undefined;
  /** To be sent along through cuts. */
  readonly headers: readonly RecordHeader[];
}

const FIRST_KEY = Buffer.from(ReplayHeader.id);

/** Whether the message is a replay, told from the first bytes of its headers (record format v2). */
export const isReplay = (batch: SourceBatch, index: number): boolean => {
  const end = batch.headersEnd[index] as number;
  let at = batch.headersStart[index] as number;
  if (end - at <= FIRST_KEY.length) return false;
  const { bytes } = batch;
  while (at < end && (bytes[at] as number) >= 0x80) at++; // the number of headers, a varint
  at++;
  // The key's length, a zigzag varint of one byte.
  return (
    bytes[at] === FIRST_KEY.length * 2 &&
    bytes.compare(FIRST_KEY, 0, FIRST_KEY.length, at + 1, at + 1 + FIRST_KEY.length) === 0
  );
};

/** Undefined for a message that was sent back to begin at the source, as anybody's would. */
export const readReplay = (headers: readonly RecordHeader[]): Replay | undefined => {
  const of = (name: string): string | undefined =>
    headers.find(({ key }) => key.toString('utf8') === name)?.value?.toString('utf8');
  const pipelineId = of(ReplayHeader.pipelineId);
  const stage = of(ReplayHeader.stage);
  if (pipelineId === undefined || stage === undefined) return undefined;
  const names: readonly string[] = Object.values(ReplayHeader);
  return {
    pipelineId,
    stage,
    record: of(ReplayHeader.record),
    headers: headers.filter(({ key }) => names.includes(key.toString('utf8'))),
  };
};

/** The record as the stage saw it; undefined where the replay has none, or no whole one. */
export const replayedRecord = (replay: Replay, batch: SourceBatch, index: number): StreamRecord | undefined => {
  if (replay.record === undefined) return undefined;
  try {
    if (!isJsonObject(JSON.parse(replay.record))) return undefined;
  } catch {
    return undefined; // cut off, as older dead letters have it: the message itself goes on
  }
  return StreamRecord.from({}, { batch, index }).deriveFromJson(replay.record);
};

/** Where a replay goes from a part: to one of its stages, or out by a cut towards the part that has the stage. */
export type ReplayRoute = { readonly stage: number } | { readonly cut: number };

export const replayRoute = (plan: Plan, part: PlanPart, stage: string): ReplayRoute | undefined => {
  const here = part.stages.findIndex(({ instanceName }) => instanceName === stage);
  if (here >= 0) return { stage: here };
  const cutsOf = ({ entry, stages }: PlanPart): number[] => [
    ...entry.cuts,
    ...stages.flatMap(({ route }) => route.cuts),
  ];
  const partBehind = (cut: number): PlanPart | undefined => plan.parts[partOfCut(plan, cut)];
  const seen = new Set<number>();
  const leadsThere = (cut: number): boolean => {
    const behind = partBehind(cut);
    if (behind === undefined || seen.has(cut)) return false;
    seen.add(cut);
    return behind.stages.some(({ instanceName }) => instanceName === stage) || cutsOf(behind).some(leadsThere);
  };
  const cut = cutsOf(part).find(leadsThere);
  return cut === undefined ? undefined : { cut };
};
