import { compileCondition, isFieldPath, parseFieldPath } from '@penstock/expression';
import { type Issue, type JsonValue, pointer, type StageDocument } from '@penstock/model';

/** What happens to a record a stage reports as an error (contract D.4 and E.0, "On Record Error"). */
export const OnRecordError = { Discard: 'DISCARD', ToError: 'TO_ERROR', StopPipeline: 'STOP_PIPELINE' } as const;
export type OnRecordError = (typeof OnRecordError)[keyof typeof OnRecordError];

/**
 * Which records a stage works on by their quality (contract E.0 names the option but not its values; these are ours).
 * `quality` is what the source says of the value, `dq` what quality operators found; absent and null count as 0.
 */
export const QualityFilter = {
  None: 'NONE',
  /** `quality` is 0. */
  GoodQuality: 'GOOD_QUALITY',
  /** `dq` is 0. */
  NotTagged: 'NOT_TAGGED',
  GoodAndNotTagged: 'GOOD_AND_NOT_TAGGED',
} as const;
export type QualityFilter = (typeof QualityFilter)[keyof typeof QualityFilter];

/**
 * Settings that the engine owns: the same for every stage, so that no operator implements them. A record that lacks a
 * required field, fails a precondition or does not pass the quality filter is dropped and counted (reasons
 * `required-field`, `precondition`, `quality-filter`); it is no error.
 */
export interface StageSettings {
  readonly onRecordError: OnRecordError;
  /** Field paths that must exist; null values count as existing. */
  readonly requiredFields: readonly string[];
  /** Expressions that must all be true. */
  readonly preconditions: readonly string[];
  readonly qualityFilter: QualityFilter;
}

export const defaultStageSettings: StageSettings = {
  onRecordError: OnRecordError.ToError,
  requiredFields: [],
  preconditions: [],
  qualityFilter: QualityFilter.None,
};

/** JSON Schema of the settings under their names in documents, for forms and the reference. */
export const stageSettingsSchema = {
  type: 'object',
  properties: {
    stageOnRecordError: {
      type: 'string',
      title: 'On Record Error',
      description:
        'What happens to a record this stage cannot process: dropped, written to the dead letters, or the pipeline stops.',
      enum: Object.values(OnRecordError),
      default: defaultStageSettings.onRecordError,
      ui: {
        group: 'General',
        options: { DISCARD: 'Discard', TO_ERROR: 'Send to Error', STOP_PIPELINE: 'Stop Pipeline' },
      },
    },
    stageRequiredFields: {
      type: 'array',
      title: 'Required Fields',
      description: 'A record without one of these fields is dropped.',
      items: { type: 'string' },
      maxItems: 100,
      default: [],
      ui: { group: 'General', control: 'field-paths' },
    },
    stageRecordPreconditions: {
      type: 'array',
      title: 'Preconditions',
      description: 'A record for which one of these expressions is not true is dropped.',
      items: { type: 'string' },
      maxItems: 100,
      default: [],
      ui: { group: 'General', control: 'expressions' },
    },
    qualityFilter: {
      type: 'string',
      title: 'Quality Filter',
      description: 'Only records of this quality are processed; others are dropped.',
      enum: Object.values(QualityFilter),
      default: defaultStageSettings.qualityFilter,
      ui: {
        group: 'Basic',
        options: {
          NONE: 'All records',
          GOOD_QUALITY: 'Good quality (quality is 0)',
          NOT_TAGGED: 'Not tagged (dq is 0)',
          GOOD_AND_NOT_TAGGED: 'Good quality and not tagged',
        },
      },
    },
  },
} as const;

const MAX_ENTRIES = 100;

/** Reads the settings of a stage. Issues point into the document; defaults stand in for what is wrong. */
export const readStageSettings = (
  stage: Pick<StageDocument, 'configuration' | 'configurationRows' | 'instanceName' | 'pointer'>,
): { readonly settings: StageSettings; readonly issues: Issue[] } => {
  const issues: Issue[] = [];
  const report = (code: string, name: string, rest: string, message: string, at?: Issue['at']): void => {
    const row = pointer('configuration', stage.configurationRows.get(name) ?? 0, 'value');
    const path = stage.pointer + row + rest;
    const where = at === undefined ? {} : { at };
    issues.push({ code, severity: 'error', path, message, stage: stage.instanceName, ...where });
  };
  const choice = <T extends string>(name: string, values: readonly T[], otherwise: T): T => {
    const value = stage.configuration.get(name);
    if (value === undefined || value === null || value === '') return otherwise;
    const found = values.find((candidate) => candidate === value);
    if (found === undefined)
      report('STAGE_SETTING_NOT_VALID', name, '', `"${name}" must be one of ${values.join(', ')}.`);
    return found ?? otherwise;
  };
  const texts = (name: string, problemsOf: (text: string) => readonly SettingProblem[]): string[] => {
    const value = stage.configuration.get(name);
    if (value === undefined || value === null || value === '') return [];
    if (!Array.isArray(value) || value.length > MAX_ENTRIES) {
      report('STAGE_SETTING_NOT_VALID', name, '', `"${name}" must be a list of at most ${MAX_ENTRIES} texts.`);
      return [];
    }
    return value.filter((entry: JsonValue, index): entry is string => {
      const problems = typeof entry === 'string' ? problemsOf(entry) : [{ message: 'It must be a text.' }];
      for (const { message, at } of problems)
        report('STAGE_SETTING_NOT_VALID', name, pointer(index), `"${name}": ${message}`, at);
      return problems.length === 0;
    });
  };
  const settings: StageSettings = {
    onRecordError: choice('stageOnRecordError', Object.values(OnRecordError), defaultStageSettings.onRecordError),
    requiredFields: texts('stageRequiredFields', (text) => {
      const path = parseFieldPath(text);
      return isFieldPath(path) ? [] : [{ message: `"${text}" is not a field path: ${path.problem}.` }];
    }),
    preconditions: texts('stageRecordPreconditions', expressionProblems),
    qualityFilter: choice('qualityFilter', Object.values(QualityFilter), defaultStageSettings.qualityFilter),
  };
  return { settings, issues };
};

/** `at`: where in the text, in UTF-16 units. */
interface SettingProblem {
  readonly message: string;
  readonly at?: Issue['at'];
}

const expressionProblems = (text: string): readonly SettingProblem[] => {
  const compiled = compileCondition(text);
  if (compiled.ok) return [];
  return compiled.issues.map(({ offset, length, message }) => ({
    message: `at ${offset}: ${message}`,
    at: { offset, length },
  }));
};
