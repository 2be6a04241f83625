import {
  type Issue,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  pointer,
  type StageDocument,
  similarName,
} from '@penstock/model';
import type { DocumentOptions, OperatorDefinition } from '../operator/index.ts';
import { stageSettingsSchema } from '../stage-settings.ts';
import type { ConfigSchema } from './coerce-config.ts';

/** A stage as far as its options are concerned. */
export type ConfiguredStage = Pick<StageDocument, 'configuration' | 'configurationRows' | 'instanceName' | 'pointer'>;

export interface OptionRows {
  /** Values by the names of the schema. */
  readonly rows: JsonObject;
  /** Where each of them stands in the document: index of its row. */
  readonly places: ReadonlyMap<string, number>;
  readonly issues: readonly Issue[];
}

/** Unknown names that are told per stage; a document may be wrong from end to end. */
const MAX_TOLD = 20;

/**
 * The options of a stage by the names of its operator's schema: rows with names of other versions of the stage are
 * taken under the name they have here. Rows that mean nothing here stay in the document; those that look as if
 * somebody meant them are told.
 */
export const readOptionRows = (definition: OperatorDefinition, stage: ConfiguredStage): OptionRows => {
  const properties = definition.config.properties as Readonly<Record<string, ConfigSchema>>;
  const about: DocumentOptions = definition.documentOptions ?? {};
  const rows: JsonObject = {};
  const places = new Map<string, number>();
  const issues: Issue[] = [];
  const tell = (
    code: string,
    severity: Issue['severity'],
    row: number,
    part: 'name' | 'value',
    message: string,
  ): void =>
    void issues.push({
      code,
      severity,
      path: stage.pointer + pointer('configuration', row, part),
      message,
      stage: stage.instanceName,
    });

  for (const name of Object.keys(properties)) {
    const value = stage.configuration.get(name);
    if (value === undefined) continue;
    rows[name] = value;
    places.set(name, stage.configurationRows.get(name) ?? 0);
  }
  for (const [old, name] of Object.entries(about.renamed ?? {})) {
    const value = stage.configuration.get(old);
    if (isNothing(value) || Object.hasOwn(properties, old)) continue;
    const row = stage.configurationRows.get(old) ?? 0;
    if (isNothing(rows[name])) {
      rows[name] = value;
      places.set(name, row);
    } else if (JSON.stringify(rows[name]) !== JSON.stringify(value))
      tell(
        'STAGE_OPTION_AMBIGUOUS',
        'error',
        row,
        'name',
        `"${old}" is the name that "${name}" has in other versions of this stage, and both are given with different values. Remove one of them.`,
      );
  }

  const settings = Object.keys(stageSettingsSchema.properties);
  const known = [...Object.keys(properties), ...settings];
  const isExpected = expectedNames([...known, ...Object.keys(about.renamed ?? {}), ...(about.kept ?? [])]);
  for (const [name, row] of stage.configurationRows) {
    const value = stage.configuration.get(name);
    if (isNothing(value) || isExpected(name)) continue;
    const note = about.ignored?.[name];
    const missed = Object.entries(about.neverAssumed ?? {}).find(
      ([option, says]) => isNothing(rows[option]) && says.test(name),
    );
    const meant = similarName(name, known);
    if (note !== undefined)
      tell('STAGE_OPTION_IGNORED', 'warning', row, 'name', `"${name}" has no effect here: ${note}`);
    else if (missed !== undefined)
      tell(
        'STAGE_OPTION_UNKNOWN',
        'error',
        row,
        'name',
        `"${name}" is no option of "${definition.label}" and "${missed[0]}" is not given. Give "${missed[0]}", or remove "${name}".`,
      );
    else if (meant !== undefined)
      tell(
        'STAGE_OPTION_UNKNOWN',
        'warning',
        row,
        'name',
        `"${name}" is no option of "${definition.label}" and has no effect. Is "${meant}" meant?`,
      );
  }
  for (const [name, schema] of Object.entries(properties))
    for (const { column, meant } of misspeltColumns(schema, rows[name]))
      tell(
        'STAGE_OPTION_UNKNOWN',
        'warning',
        places.get(name) ?? 0,
        'value',
        `"${column}" is no column of "${name}" and has no effect. Is "${meant}" meant?`,
      );
  return { rows, places, issues: withinBounds(issues) };
};

/** Errors count whatever their number; of warnings the first are enough to see what is the matter. */
const withinBounds = (issues: readonly Issue[]): Issue[] => {
  let told = 0;
  return issues.filter(({ severity }) => severity === 'error' || told++ < MAX_TOLD);
};

/** SDC documents carry an empty row for every option of a stage. */
const isNothing = (value: JsonValue | undefined): value is null | undefined =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const expectedNames = (names: readonly string[]): ((name: string) => boolean) => {
  const exact = new Set(names);
  const beginnings = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  return (name) => exact.has(name) || beginnings.some((beginning) => name.startsWith(beginning));
};

/** Columns of a table that its rows do not have and that look like one they have; each once. */
const misspeltColumns = (schema: ConfigSchema, value: JsonValue | undefined): { column: string; meant: string }[] => {
  const columns = schema.items?.properties;
  if (columns === undefined || !Array.isArray(value)) return [];
  const unknown = new Set<string>();
  for (const row of value) {
    if (!isJsonObject(row) || unknown.size >= MAX_TOLD) continue;
    for (const column of Object.keys(row)) if (!Object.hasOwn(columns, column)) unknown.add(column);
  }
  return [...unknown].flatMap((column) => {
    const meant = similarName(column, Object.keys(columns));
    return meant === undefined ? [] : [{ column, meant }];
  });
};
