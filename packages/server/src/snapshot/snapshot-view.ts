import type { SnapshotSlot } from '@penstock/engine';
import type { JsonValue, SnapshotRecord } from '@penstock/model';
import { SECRET_MASK } from '../pipelines/document-secrets.ts';
import { collectSecrets, MIN_SECRET_LENGTH } from '../pipelines/hide-secrets.ts';

/** `text`: JSON text, cut where `isCut`. */
export type RecordView = Omit<SnapshotRecord, 'stage' | 'direction'>;

export interface StageView {
  readonly stage: string;
  readonly label: string;
  readonly input: readonly RecordView[];
  readonly output: readonly RecordView[];
}

/**
 * What was caught, stage by stage in the order of the plan, those without records included. Values of the document's
 * secrets are hidden, scripts having had them in hand; also the beginning of one where a text was cut.
 */
export const viewSnapshot = (
  slots: readonly SnapshotSlot[],
  records: readonly SnapshotRecord[],
  document: JsonValue,
): StageView[] => {
  const secrets = [...collectSecrets(document)].sort((a, b) => b.length - a.length);
  const stages = new Map<string, { stage: string; label: string; input: RecordView[]; output: RecordView[] }>();
  for (const { stage, label } of slots) stages.set(stage, { stage, label, input: [], output: [] });
  for (const { stage, direction, part, partition, text, isCut } of records)
    stages.get(stage)?.[direction].push({ part, partition, text: hide(text, isCut, secrets), isCut });
  return [...stages.values()];
};

const hide = (text: string, isCut: boolean, secrets: readonly string[]): string => {
  const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, SECRET_MASK), text);
  return isCut ? secrets.reduce(hideBeginning, hidden) : hidden;
};

/** Masks the beginning of a secret at the end of a text. */
const hideBeginning = (text: string, secret: string): string => {
  for (let length = secret.length - 1; length >= MIN_SECRET_LENGTH; length--)
    if (text.endsWith(secret.slice(0, length))) return text.slice(0, -length) + SECRET_MASK;
  return text;
};
