import { Type } from 'typebox';
import type { Message } from './message.ts';
import { MAX_SNAPSHOT_TEXT } from './protocol.ts';
import { COUNT, runName } from './worker-report.ts';

/** Far more than workers send: a heartbeat must not fail for what somebody wanted to look at. */
const MAX_SNAPSHOT_RECORDS = 50_000;

/** A look at records that pass through a running pipeline: asked for in the reply to a heartbeat. */
export const snapshotRequestSchema = Type.Object({
  id: Type.String(),
  /** Records wanted per stage and direction, 1 to 50. */
  records: Type.Integer(),
  /** Only this stage; all where absent. */
  stage: Type.Optional(Type.String()),
});
export type SnapshotRequest = Message<typeof snapshotRequestSchema>;

export const snapshotRecordSchema = Type.Object({
  stage: Type.String(),
  direction: Type.Union([Type.Literal('input'), Type.Literal('output')]),
  part: Type.Integer({
    ...COUNT,
    description: 'Part of the plan: the first read the sources, others read what a cut wrote.',
  }),
  partition: Type.Integer({ ...COUNT, description: "Partition of the task's input." }),
  text: Type.String({
    maxLength: MAX_SNAPSHOT_TEXT,
    description: `The record as JSON text, cut to ${MAX_SNAPSHOT_TEXT} characters at most.`,
  }),
  isCut: Type.Boolean(),
});
export type SnapshotRecord = Message<typeof snapshotRecordSchema>;

/** What was caught: told again with each heartbeat until a reply no longer asks for it. */
export const snapshotResultSchema = Type.Object({
  id: runName,
  records: Type.Array(snapshotRecordSchema, { maxItems: MAX_SNAPSHOT_RECORDS }),
});
export type SnapshotResult = Message<typeof snapshotResultSchema>;
