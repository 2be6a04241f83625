import { pointer } from '@penstock/model';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import type { Problems } from '../shapes/problems.ts';
import { valueProblem } from './value-problem.ts';

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, verbose: true });

/** Checks values of one form; what is wrong goes to `problems`, with places below `at`. */
export type EntryCheck<T> = (value: unknown, at: string, problems: Problems) => value is T;

/** A check of everything a schema says, and that the database can hold the value. Compiled when it is first used. */
export const createEntryCheck = <T extends TSchema>(schema: T, maxBytes: number): EntryCheck<Static<T>> => {
  let compiled: ValidateFunction | undefined;
  return (value, at, problems): value is Static<T> => {
    const before = problems.total;
    compiled ??= ajv.compile(schema);
    if (!compiled(value)) for (const error of (compiled.errors ?? []).filter(isTellable)) report(error, at, problems);
    const unstorable = valueProblem(value);
    if (unstorable !== undefined) problems.add('FIELD_INVALID', at + unstorable.path, unstorable.message);
    else if (problems.total === before && JSON.stringify(value).length > maxBytes)
      problems.add('FIELD_INVALID', at, `The entry has more than ${maxBytes} characters as JSON.`);
    return problems.total === before;
  };
};

/** A choice is always "or null": what is wrong with the other one says it all. */
const isTellable = ({ keyword, params }: ErrorObject): boolean =>
  keyword !== 'anyOf' && keyword !== 'propertyNames' && !(keyword === 'type' && params.type === 'null');

const report = (error: ErrorObject, at: string, problems: Problems): void => {
  const { path, message } = told(error);
  problems.add('FIELD_INVALID', at + path, message);
};

const told = ({
  keyword,
  instancePath,
  params,
  parentSchema,
  message,
}: ErrorObject): { path: string; message: string } => {
  const last = instancePath.split('/').at(-1) ?? '';
  const name = last === '' ? 'The entry' : `"${last.replaceAll('~1', '/').replaceAll('~0', '~')}"`;
  if (keyword === 'required') {
    const missing = String(params.missingProperty);
    return { path: instancePath + pointer(missing), message: `"${missing}" is missing.` };
  }
  if (keyword === 'additionalProperties') {
    const extra = String(params.additionalProperty);
    return {
      path: instancePath + pointer(extra),
      message: `"${extra}" is no field of this, or no key that can be kept.`,
    };
  }
  if (keyword === 'enum')
    return { path: instancePath, message: `${name} must be one of ${params.allowedValues.join(', ')}.` };
  if (keyword === 'pattern') {
    const about: unknown = parentSchema?.description;
    const rule = typeof about === 'string' ? ` ${about}` : '';
    return { path: instancePath, message: `${name} is empty, too long, or has characters it must not have.${rule}` };
  }
  return { path: instancePath, message: `${name} ${message ?? 'is wrong'}.` };
};
