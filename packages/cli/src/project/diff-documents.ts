import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** What becomes of one stage, and of what it remembers in Kafka. */
export interface StageChange {
  readonly stage: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'replaced';
  /** Settings and connections that differ, by name. */
  readonly what: readonly string[];
  readonly state: string;
}

/**
 * What differs between two documents, stage by stage, and what happens to state: it is kept by the stage's instance
 * name, so a stage that is renamed or becomes another operator begins anew, and one that is only set otherwise goes on.
 * Where a stage stands on the page is no difference.
 */
export const diffDocuments = (before: JsonObject | undefined, after: JsonObject): readonly StageChange[] => {
  const [old, next] = [stagesOf(before), stagesOf(after)];
  const changes: StageChange[] = [];
  for (const [stage, now] of next) {
    const was = old.get(stage);
    if (was === undefined) {
      changes.push({ stage, kind: 'added', what: [], state: 'begins empty' });
    } else if (!isDeepStrictEqual(was.stageName, now.stageName)) {
      const what = [`${String(was.stageName)} becomes ${String(now.stageName)}`];
      changes.push({ stage, kind: 'replaced', what, state: 'begins empty; what the operator before kept is not used' });
    } else {
      const what = differences(was, now);
      if (what.length > 0)
        changes.push({ stage, kind: 'changed', what, state: 'is kept; it was made with the settings before' });
    }
  }
  for (const stage of old.keys())
    if (!next.has(stage))
      changes.push({ stage, kind: 'removed', what: [], state: 'stays in Kafka unused until the pipeline is stopped' });
  const [general, generalNow] = [generalOf(before), generalOf(after)];
  const keys = [...new Set([...general.keys(), ...generalNow.keys()])];
  const what = keys.filter((key) => !isDeepStrictEqual(general.get(key), generalNow.get(key)));
  if (before !== undefined && what.length > 0)
    changes.push({ stage: '(pipeline)', kind: 'changed', what, state: 'is kept' });
  return changes;
};

const configOf = (document: JsonObject | undefined): JsonObject =>
  isJsonObject(document?.pipelineConfig) ? document.pipelineConfig : (document ?? {});

const stagesOf = (document: JsonObject | undefined): Map<string, JsonObject> => {
  const { stages } = configOf(document);
  const list: readonly JsonValue[] = Array.isArray(stages) ? stages : [];
  return new Map(list.flatMap((stage) => (isJsonObject(stage) ? [[String(stage.instanceName), stage] as const] : [])));
};

const generalOf = (document: JsonObject | undefined): Map<string, unknown> =>
  settingsOf({ configuration: configOf(document).configuration ?? [] });

/** Settings of a stage by name; everything else of it that counts under its own key. */
const settingsOf = (stage: JsonObject): Map<string, unknown> => {
  const list: readonly JsonValue[] = Array.isArray(stage.configuration) ? stage.configuration : [];
  const found = new Map<string, unknown>(
    list.flatMap((entry) => (isJsonObject(entry) ? [[String(entry.name), entry.value] as const] : [])),
  );
  for (const key of ['stageVersion', 'inputLanes', 'outputLanes', 'eventLanes'])
    if (stage[key] !== undefined) found.set(key, stage[key]);
  return found;
};

const differences = (was: JsonObject, now: JsonObject): string[] => {
  const [before, after] = [settingsOf(was), settingsOf(now)];
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !isDeepStrictEqual(before.get(key), after.get(key)),
  );
};
