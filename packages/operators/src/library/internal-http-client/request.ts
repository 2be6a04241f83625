import {
  type FieldPath,
  fieldReader,
  type HttpRequest,
  isFieldPath,
  parseFieldPath,
  type StreamRecord,
} from '@penstock/engine';
import { AppError, type JsonValue } from '@penstock/model';
import type { HttpConfig, HttpParameter } from './config.ts';

/** Answers become part of a record; a larger one would not fit anywhere. */
const MAX_ANSWER_BYTES = 1024 * 1024;

type Value = Exclude<JsonValue, null>;

interface Source {
  readonly parameter: HttpParameter;
  valueIn(record: StreamRecord): JsonValue | undefined;
}

/** Makes the request of a record. Errors: `HTTP_PARAMETER_NOT_VALID`. */
export const requestMaker = (config: HttpConfig): ((record: StreamRecord) => HttpRequest) => {
  const sources = config.parameters.map(sourceOf);
  const at = (position: HttpParameter['position']): Source[] =>
    sources.filter(({ parameter }) => parameter.position === position);
  const [path, query, body, headers] = [at('URL Path'), at('URL Query'), at('Request Body'), at('Header')];
  const method = METHODS[config.method];
  return (record) => {
    const url = new URL(path.reduce((text, source) => withSegment(text, source, record), config.url));
    for (const source of query) url.searchParams.append(source.parameter.key, textOf(source, record));
    const members = body.map((source) => [source.parameter.key, presentIn(source, record)] as const);
    return {
      method,
      url: url.href,
      headers: {
        ...(method === 'GET' ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
        ...Object.fromEntries(headers.map((source) => [source.parameter.key.toLowerCase(), headerOf(source, record)])),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(Object.fromEntries(members)) }),
      maxAnswerBytes: MAX_ANSWER_BYTES,
    };
  };
};

const METHODS = { Get: 'GET', Post: 'POST', Put: 'PUT' } as const;

const sourceOf = (parameter: HttpParameter): Source => {
  if (parameter.urlParamType === 'ByInput') return { parameter, valueIn: () => parameter.value };
  const read = fieldReader(fieldPathOf(parameter.value));
  return { parameter, valueIn: (record) => read(record) };
};

/** For configurations that have been checked. */
const fieldPathOf = (text: string): FieldPath => {
  const path = parseFieldPath(text);
  if (!isFieldPath(path)) throw new Error(`"${text}" is not a field path and should not have passed validation`);
  return path;
};

const notValid = ({ parameter }: Source, problem: string): AppError =>
  new AppError(
    'HTTP_PARAMETER_NOT_VALID',
    `Parameter "${parameter.key}" (${parameter.urlParamType === 'ByField' ? parameter.value : 'literal'}) ${problem}.`,
    { domain: 'user' },
  );

const presentIn = (source: Source, record: StreamRecord): Value => {
  const value = source.valueIn(record);
  if (value === undefined || value === null) throw notValid(source, 'has no value in the record');
  return value;
};

const textOf = (source: Source, record: StreamRecord): string => {
  const value = presentIn(source, record);
  if (typeof value === 'object') throw notValid(source, 'is an object or a list in the record, and no single value');
  return String(value);
};

/** A segment cannot lead elsewhere: it is escaped, and neither empty nor one of the two that mean another place. */
const withSegment = (url: string, source: Source, record: StreamRecord): string => {
  const text = textOf(source, record);
  if (text === '' || text === '.' || text === '..') throw notValid(source, 'cannot be part of a path');
  const segment = encodeURIComponent(text.toWellFormed());
  const place = `{${source.parameter.key}}`;
  if (url.includes(place)) return url.replaceAll(place, () => segment);
  const [beforeQuery = '', ...rest] = url.split('?');
  return [`${beforeQuery.replace(/\/$/, '')}/${segment}`, ...rest].join('?');
};

const headerOf = (source: Source, record: StreamRecord): string => {
  const text = textOf(source, record);
  if (!/^[\t\x20-\x7e]*$/.test(text)) throw notValid(source, 'has characters that a header cannot have');
  return text;
};
