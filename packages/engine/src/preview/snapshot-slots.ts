import { MAX_SNAPSHOT_TEXT } from '@penstock/model';
import type { Plan } from '../plan/plan.ts';

/** A place of a plan where a snapshot of the running pipeline catches records. */
export interface SnapshotSlot {
  readonly stage: string;
  readonly label: string;
  readonly direction: 'input' | 'output';
  /** Part of the plan whose tasks pass it. */
  readonly part: number;
}

/** What a whole snapshot may hold, so that it travels in a heartbeat. */
const MAX_RECORDS = 5000;
const MAX_CHARACTERS = 1024 * 1024;

/**
 * Where records can be caught, in the order in which they pass: the output of the sources, input and output of every
 * stage behind it; what discards records has no output. Of one stage only where it is named.
 */
export const snapshotSlotsOf = (plan: Plan, stage?: string): SnapshotSlot[] => {
  const sources = new Set(plan.sources.map(({ instanceName }) => instanceName));
  const slots: SnapshotSlot[] = plan.sources.map(({ instanceName, label }, part) => {
    return { stage: instanceName, label, direction: 'output', part };
  });
  for (const part of plan.parts)
    for (const { instanceName, label, target } of part.stages) {
      if (sources.has(instanceName)) continue; // a clock: it has no input
      const slot = { stage: instanceName, label, part: part.index };
      slots.push({ ...slot, direction: 'input' });
      if (target?.isEnd !== true) slots.push({ ...slot, direction: 'output' });
    }
  return stage === undefined ? slots : slots.filter((slot) => slot.stage === stage);
};

export interface SnapshotBounds {
  /** Records per slot. */
  readonly records: number;
  /** UTF-16 code units per record. */
  readonly textLength: number;
}

/** What each slot may hold of the records asked for: the more slots there are, the less in each. */
export const snapshotBounds = (slots: number, records: number): SnapshotBounds => {
  const count = Math.max(1, slots);
  const each = Math.max(1, Math.min(records, Math.floor(MAX_RECORDS / count)));
  return {
    records: each,
    textLength: Math.max(1, Math.min(MAX_SNAPSHOT_TEXT, Math.floor(MAX_CHARACTERS / (count * each)))),
  };
};
