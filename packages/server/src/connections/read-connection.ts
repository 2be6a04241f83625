import type { ConnectionKind } from '@penstock/connections';
import type { Issue, JsonObject } from '@penstock/model';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { SECRET_MASK } from '../pipelines/document-secrets.ts';
import { UseCaseError } from '../use-case/use-case.ts';

/** Defaults are filled in, so that what is stored says all there is to say. */
const ajv = new Ajv({ allErrors: true, strict: true, keywords: ['ui'], useDefaults: true });
const validators = new WeakMap<object, ValidateFunction>();

const validatorOf = (schema: object): ValidateFunction => {
  const known = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, known);
  return known;
};

/** Of secrets: a new text, or null for none. What is not named, or masked, stays as it is. */
export type SecretChanges = Readonly<Record<string, string | null>>;

/** The settings of a connection as its kind has them. Errors: `FIELD_INVALID` with everything that is wrong. */
export const readSettings = (kind: ConnectionKind, given: JsonObject): JsonObject => {
  const settings = structuredClone(given);
  refuse(findIssues(kind.settings, settings, '/settings'));
  return settings;
};

/** Errors: `FIELD_INVALID`, without a word of what was given. */
export const readSecrets = (kind: ConnectionKind, given: SecretChanges): SecretChanges => {
  const kept = Object.entries(given).filter(([, value]) => value !== SECRET_MASK);
  const texts = Object.fromEntries(kept.filter(([, value]) => value !== null));
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(kind.secrets.properties, name));
  refuse([
    ...findIssues(kind.secrets, texts, '/secrets'),
    ...unknown.filter((name) => !Object.hasOwn(texts, name)).map((name) => noSuch('/secrets', name)),
  ]);
  return Object.fromEntries(kept);
};

const findIssues = (schema: object, value: JsonObject, root: string): Issue[] => {
  const validate = validatorOf(schema);
  return validate(value) ? [] : (validate.errors ?? []).map((error) => issueOf(error, root));
};

const issueOf = ({ keyword, instancePath, params, message }: ErrorObject, root: string): Issue => {
  const named = params as { readonly missingProperty?: string; readonly additionalProperty?: string };
  if (keyword === 'additionalProperties') return noSuch(root, named.additionalProperty ?? '');
  if (keyword === 'required')
    return invalid(`${root}/${named.missingProperty}`, `"${named.missingProperty}" is required.`);
  const allowed = keyword === 'enum' ? ` (${(params as { allowedValues: string[] }).allowedValues.join(', ')})` : '';
  return invalid(root + instancePath, `"${instancePath.slice(1)}" ${message ?? 'is wrong'}${allowed}.`);
};

const noSuch = (root: string, name: string): Issue =>
  invalid(root, `Connections of this kind have no "${name.slice(0, 100)}".`);

const invalid = (path: string, message: string): Issue => ({ code: 'FIELD_INVALID', severity: 'error', path, message });

const refuse = (issues: readonly Issue[]): void => {
  const [first] = issues;
  if (first === undefined) return;
  throw new UseCaseError('FIELD_INVALID', 'invalid', first.message, { issues, params: { field: first.path.slice(1) } });
};
