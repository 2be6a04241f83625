import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** What becomes of one stage, or of the pipeline's own settings (`stage` null). */
export interface StageChange {
  readonly stage: string | null;
  readonly kind: 'added' | 'removed' | 'changed' | 'replaced';
  /** Settings and connections that differ, by name. */
  readonly what: readonly string[];
}

/** What differs between two documents, stage by stage. Where a stage stands on the page is no difference. */
export const diffDocuments = (before: JsonObject | undefined, after: JsonObject): readonly StageChange[] => {
  const [old, next] = [stagesOf(before), stagesOf(after)];
  const changes: StageChange[] = [];
  for (const [stage, now] of next) {
    const was = old.get(stage);
    if (was === undefined) changes.push({ stage, kind: 'added', what: [] });
    else if (!isDeepStrictEqual(was.stageName, now.stageName))
      changes.push({ stage, kind: 'replaced', what: [`${String(was.stageName)} becomes ${String(now.stageName)}`] });
    else {
      const what = differences(settingsOf(was, STAGE_FIELDS), settingsOf(now, STAGE_FIELDS));
      if (what.length > 0) changes.push({ stage, kind: 'changed', what });
    }
  }
  for (const stage of old.keys()) if (!next.has(stage)) changes.push({ stage, kind: 'removed', what: [] });
  const what = before === undefined ? [] : differences(generalOf(before), generalOf(after));
  return what.length === 0 ? changes : [...changes, { stage: null, kind: 'changed', what }];
};

const configOf = (document: JsonObject): JsonObject =>
  isJsonObject(document.pipelineConfig) ? document.pipelineConfig : document;

const stagesOf = (document: JsonObject | undefined): Map<string, JsonObject> => {
  const stages = document === undefined ? undefined : configOf(document).stages;
  const list: readonly JsonValue[] = Array.isArray(stages) ? stages : [];
  return new Map(list.flatMap((stage) => (isJsonObject(stage) ? [[String(stage.instanceName), stage] as const] : [])));
};

/** What of a stage counts beside its settings. */
const STAGE_FIELDS = ['stageVersion', 'library', 'inputLanes', 'outputLanes', 'eventLanes', 'services'];

/** Everything of a document but its stages: the settings of the pipeline, its title, what stands beside it. */
const generalOf = (document: JsonObject): Map<string, JsonValue> => {
  const { stages: _, uiInfo: _uiInfo, ...config } = configOf(document);
  const { pipelineConfig: _config, ...beside } = isJsonObject(document.pipelineConfig) ? document : {};
  const fields = { ...beside, ...config };
  return settingsOf(fields, Object.keys(fields));
};

/** Settings by name, and the fields that are named. */
const settingsOf = (holder: JsonObject, fields: readonly string[]): Map<string, JsonValue> => {
  const list: readonly JsonValue[] = Array.isArray(holder.configuration) ? holder.configuration : [];
  const found = new Map<string, JsonValue>();
  for (const entry of list) if (isJsonObject(entry)) found.set(String(entry.name), entry.value ?? null);
  for (const key of fields) {
    const value = key === 'configuration' ? undefined : holder[key];
    if (value !== undefined) found.set(key, value);
  }
  return found;
};

const differences = (before: ReadonlyMap<string, JsonValue>, after: ReadonlyMap<string, JsonValue>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !isDeepStrictEqual(before.get(key), after.get(key)),
  );
