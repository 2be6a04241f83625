import { type Issue, type JsonObject, type JsonValue, pointer, type StageDocument } from '@penstock/model';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { OperatorDefinition, PipelineFacts } from '../operator/index.ts';
import { type ConfigSchema, coerceConfig } from './coerce-config.ts';

type ConfiguredStage = Pick<StageDocument, 'configuration' | 'configurationRows' | 'instanceName' | 'pointer'>;

export interface ValidatedConfig {
  /** The configuration with defaults, in the types of the schema. Only to be used where no issue is an error. */
  readonly config: JsonObject;
  readonly issues: readonly Issue[];
}

/** `strictSchema` would refuse the presentation keyword; our own conformance suite checks the schemas instead. */
const ajv = new Ajv({ allErrors: true, strict: true, keywords: ['ui'], allowUnionTypes: true });
const validators = new WeakMap<OperatorDefinition, ValidateFunction>();

const validatorOf = (definition: OperatorDefinition): ValidateFunction => {
  let validator = validators.get(definition);
  if (validator === undefined) {
    validator = ajv.compile(definition.config);
    validators.set(definition, validator);
  }
  return validator;
};

/**
 * The JSON Pointer into a document for a place in a stage's configuration object: `/inputOutput/0/minMax` becomes
 * `/stages/2/configuration/4/value/0/minMax`. A name without a row points at the list of rows.
 */
export const configPointer = (stage: ConfiguredStage, path: string): string => {
  const [, first = '', ...rest] = path.split('/');
  const row = stage.configurationRows.get(first.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (row === undefined) return stage.pointer + pointer('configuration');
  return `${stage.pointer}${pointer('configuration', row, 'value')}${rest.map((segment) => `/${segment}`).join('')}`;
};

/** Says what a validator's finding means, naming the field. */
const messageOf = (error: ErrorObject, value: JsonValue | undefined): string => {
  const name = error.instancePath.split('/').slice(1).join('.').replaceAll('~1', '/').replaceAll('~0', '~');
  const field = name === '' ? 'The configuration' : `"${name}"`;
  const shown =
    value === undefined || typeof value === 'object' ? '' : `; it is ${JSON.stringify(value).slice(0, 100)}`;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'required':
      return `"${name === '' ? '' : `${name}.`}${String(params.missingProperty)}" is required.`;
    case 'enum':
      return `${field} must be one of ${(params.allowedValues as unknown[]).join(', ')}${shown}.`;
    default:
      return `${field} ${error.message ?? 'is not valid'}${shown}.`;
  }
};

const valueAt = (config: JsonObject, path: string): JsonValue | undefined => {
  let value: JsonValue | undefined = config;
  for (const segment of path.split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return undefined;
    value = Array.isArray(value) ? value[Number(name)] : Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
};

/**
 * Makes the configuration object of a stage from the rows of its document: names the schema knows, loose spellings
 * converted, defaults filled in, then checked against the schema and the operator's own rules. Rows with other names
 * have no meaning here and are left alone. Reports everything that is wrong, with pointers into the document.
 */
export const validateStageConfig = (
  definition: OperatorDefinition,
  stage: ConfiguredStage,
  facts: PipelineFacts,
): ValidatedConfig => {
  const rows: JsonObject = {};
  const properties = definition.config.properties as Readonly<Record<string, ConfigSchema>>;
  for (const name of Object.keys(properties)) {
    const value = stage.configuration.get(name);
    if (value !== undefined) rows[name] = value;
  }
  const config = coerceConfig(definition.config as ConfigSchema, rows) as JsonObject;
  const validate = validatorOf(definition);
  if (!validate(config)) {
    const issues = (validate.errors ?? []).map((error): Issue => {
      const missing = error.keyword === 'required' ? pointer(String(error.params.missingProperty)) : '';
      return {
        code: error.keyword === 'required' ? 'STAGE_OPTION_REQUIRED' : 'STAGE_OPTION_NOT_VALID',
        severity: 'error',
        path: configPointer(stage, error.instancePath + missing),
        message: messageOf(error, valueAt(config, error.instancePath)),
        stage: stage.instanceName,
      };
    });
    return { config, issues };
  }
  const checked = definition.check?.(config as never, facts) ?? [];
  return {
    config,
    issues: checked.map((issue) => ({
      ...issue,
      path: configPointer(stage, issue.path),
      stage: stage.instanceName,
    })),
  };
};
