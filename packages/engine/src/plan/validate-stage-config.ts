import { hasErrors, type Issue, type JsonObject, type JsonValue, pointer } from '@penstock/model';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { OperatorDefinition, PipelineFacts } from '../operator/index.ts';
import { type ConfigSchema, coerceConfig } from './coerce-config.ts';
import { configPointer } from './config-pointer.ts';
import { type ConfiguredStage, readOptionRows } from './read-option-rows.ts';

export interface ValidatedConfig {
  /** The configuration with defaults, in the types of the schema. Only to be used where no issue is an error. */
  readonly config: JsonObject;
  readonly issues: readonly Issue[];
  /** Present where the operator has more to say of a valid configuration, and it takes a while. */
  readonly inspection?: Inspection;
}

/** Finds out what takes a while; the issues point into the document. */
export type Inspection = () => Promise<readonly Issue[]>;

/** `strictSchema` would refuse the presentation keyword; our own conformance suite checks the schemas instead. */
const ajv = new Ajv({ allErrors: true, strict: true, keywords: ['ui'], allowUnionTypes: true });
const validators = new WeakMap<OperatorDefinition, ValidateFunction>();

const validatorOf = (definition: OperatorDefinition): ValidateFunction => {
  let validator = validators.get(definition);
  if (validator === undefined) {
    validator = ajv.compile(definition.config);
    // Otherwise it would be kept for as long as the program runs, and organisations bring definitions of their own.
    ajv.removeSchema(definition.config);
    validators.set(definition, validator);
  }
  return validator;
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** Says what a validator's finding means, naming the field; never in the validator's own words. */
const messageOf = (error: ErrorObject, value: JsonValue | undefined): string => {
  const name = error.instancePath.split('/').slice(1).join('.').replaceAll('~1', '/').replaceAll('~0', '~');
  const field = name === '' ? 'The configuration' : `"${name}"`;
  const params = error.params as Record<string, unknown>;
  if (error.keyword === 'required')
    return `"${name === '' ? '' : `${name}.`}${String(params.missingProperty)}" is required.`;
  const wanted = wantedBy(error.keyword, params);
  return `${field} must ${wanted ?? 'be as the reference of the operator says'}${shown(value)}.`;
};

const shown = (value: JsonValue | undefined): string => {
  if (Array.isArray(value)) return `; it has ${value.length}`;
  if (value === undefined || typeof value === 'object') return '';
  return `; it is ${JSON.stringify(value).slice(0, 100)}`;
};

const wantedBy = (keyword: string, params: Readonly<Record<string, unknown>>): string | undefined => {
  const limit = String(params.limit);
  switch (keyword) {
    case 'enum':
      return `be one of ${(params.allowedValues as unknown[]).join(', ')}`;
    case 'type':
      return `be ${[params.type]
        .flat()
        .map((type) => TYPE_NAMES[String(type)] ?? String(type))
        .join(' or ')}`;
    case 'minimum':
      return `be at least ${limit}`;
    case 'maximum':
      return `be at most ${limit}`;
    case 'exclusiveMinimum':
      return `be more than ${limit}`;
    case 'exclusiveMaximum':
      return `be less than ${limit}`;
    case 'multipleOf':
      return `be a multiple of ${String(params.multipleOf)}`;
    case 'minLength':
      return limit === '1' ? 'not be empty' : `have at least ${limit} characters`;
    case 'maxLength':
      return `have at most ${limit} characters`;
    case 'minItems':
      return `have at least ${limit === '1' ? 'one entry' : `${limit} entries`}`;
    case 'maxItems':
      return `have at most ${limit} entries`;
    case 'pattern':
      return `match ${String(params.pattern)}`;
    default:
      return undefined;
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

/** Of findings in a table of a hundred thousand rows the first say what is the matter. */
const MAX_FINDINGS = 100;

/**
 * Makes the configuration object of a stage from the rows of its document: names the schema knows (also as other
 * versions of the stage call them), loose spellings converted, defaults filled in, then checked against the schema and
 * the operator's own rules. Rows with other names have no meaning here and stay as they are. Reports everything that
 * is wrong, with pointers into the document.
 */
export const validateStageConfig = (
  definition: OperatorDefinition,
  stage: ConfiguredStage,
  facts: PipelineFacts,
): ValidatedConfig => {
  const { rows, places, issues } = readOptionRows(definition, stage);
  const place = { ...stage, configurationRows: places };
  const config = coerceConfig(definition.config as ConfigSchema, rows) as JsonObject;
  const validate = validatorOf(definition);
  const found = validate(config)
    ? (definition.check?.(config as never, facts) ?? [])
    : (validate.errors ?? []).map((error): Issue => {
        const missing = error.keyword === 'required' ? pointer(String(error.params.missingProperty)) : '';
        return {
          code: error.keyword === 'required' ? 'STAGE_OPTION_REQUIRED' : 'STAGE_OPTION_NOT_VALID',
          severity: 'error',
          path: error.instancePath + missing,
          message: messageOf(error, valueAt(config, error.instancePath)),
        };
      });
  const placed = (issue: Issue): Issue => ({
    ...issue,
    path: configPointer(place, issue.path),
    stage: stage.instanceName,
  });
  const all = [...issues, ...bounded(found).map(placed)];
  const { inspect } = definition;
  if (inspect === undefined || hasErrors(all)) return { config, issues: all };
  return { config, issues: all, inspection: async () => bounded(await inspect(config as never)).map(placed) };
};

const bounded = (found: readonly Issue[]): readonly Issue[] => {
  if (found.length <= MAX_FINDINGS) return found;
  const errorsFirst = [...found].sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
  return errorsFirst.slice(0, MAX_FINDINGS).map((issue, index) => {
    if (index < MAX_FINDINGS - 1) return issue;
    return {
      ...issue,
      message: `${issue.message} There are ${found.length - MAX_FINDINGS} more findings in this stage.`,
    };
  });
};
