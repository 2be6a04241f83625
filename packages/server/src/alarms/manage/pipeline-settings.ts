import type { Issue } from '@penstock/model';
import { eq } from 'drizzle-orm';
import { sha256Hex } from '../../auth/seal.ts';
import { pipelines } from '../../store/schema.ts';
import { multilineProblem, textProblem } from '../../store/storable-text.ts';
import { findPipeline, lockTarget } from '../../use-case/find-pipeline.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import { fieldInvalid, type Target, UseCaseError } from '../../use-case/use-case.ts';
import { type AlarmDeps, receiverIdsOf } from '../receivers/receivers.ts';
import { readAlarmConfig, writeAlarmConfig } from '../settings/alarm-config.ts';
import type { AlarmSettings } from '../settings/alarm-settings.ts';

export interface PipelineAlarmSettings {
  readonly settings: AlarmSettings;
  /** What of the stored text cannot be done, or does nothing. */
  readonly issues: readonly Issue[];
  /** Names this state of them, so that a change can say what it is based on. */
  readonly tag: string;
}

/** Errors: `PIPELINE_UNKNOWN`. */
export const getAlarmSettings = async (
  { store }: Pick<AlarmDeps, 'store'>,
  { orgId, pipelineId }: Pick<Target, 'orgId' | 'pipelineId'>,
): Promise<PipelineAlarmSettings> => {
  const { alarmConfig } = await findPipeline(store.db, orgId, pipelineId);
  const known = await receiverIdsOf(store.db, orgId);
  return { ...readAlarmConfig(alarmConfig, known), tag: tagOf(alarmConfig) };
};

/**
 * Sets what a pipeline's alarms watch and who is told, from now on. The design copy keeps its revision: nobody who
 * works on the document has to look again. `expectedTag`: what somebody has seen; undefined: whatever there is.
 * Errors: `PIPELINE_UNKNOWN`, `ALARM_SETTINGS_OUTDATED`, `FIELD_INVALID` where a receiver is named that was not and
 * that nobody knows.
 */
export const setAlarmSettings = async (
  deps: AlarmDeps,
  target: Target,
  settings: AlarmSettings,
  expectedTag: string | undefined,
): Promise<PipelineAlarmSettings> =>
  deps.store.db.transaction(async (tx) => {
    const { alarmConfig, pipelineId, orgId } = await lockTarget(tx, target);
    if (expectedTag !== undefined && expectedTag !== tagOf(alarmConfig))
      throw new UseCaseError(
        'ALARM_SETTINGS_OUTDATED',
        'outdated',
        'The alarm settings of the pipeline were changed meanwhile. Read them again, then decide.',
      );
    const known = await receiverIdsOf(tx, orgId);
    const before = readAlarmConfig(alarmConfig, known).settings.receivers;
    const stranger = settings.receivers.find((id) => !known.has(id) && !before.includes(id));
    if (stranger !== undefined) throw fieldInvalid('/receivers', unknownReceiver(stranger));
    const text = writeAlarmConfig(alarmConfig, settings);
    const problem = multilineProblem(text, MAX_CONFIG);
    if (problem !== undefined) throw fieldInvalid('', `As a text, the alarm settings ${problem}.`);
    await tx.update(pipelines).set({ alarmConfig: text }).where(eq(pipelines.pipelineId, pipelineId));
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId,
      actor: target.actor,
      action: 'pipeline.alarms',
      target: pipelineId,
      detail: text.slice(0, 1000),
    });
    return { ...readAlarmConfig(text, known), tag: tagOf(text) };
  });

/** What a save takes. */
const MAX_CONFIG = 4000;

const unknownReceiver = (id: string): string =>
  textProblem(id, 100) === undefined
    ? `The organisation has no receiver "${id}".`
    : 'The organisation has no such receiver.';

const tagOf = (alarmConfig: string | null): string => sha256Hex(alarmConfig ?? '').slice(0, 16);
