import type { JsonValue } from '@penstock/model';
import { toText } from '../coercion.ts';
import { ExpressionError } from '../expression-error.ts';
import { fieldReader, isFieldPath, parseFieldPath } from '../field-path.ts';
import type { FieldReader } from '../field-reader.ts';
import { type CompileContext, type CompiledArgument, compiledFunction } from './function-definition.ts';

type ReadField = (record: FieldReader) => JsonValue | undefined;

/** The reader for the first argument: made once where the path is a literal, per record where it is computed. */
const pathArgument = (args: readonly CompiledArgument[], context: CompileContext): ReadField => {
  const [argument] = args as [CompiledArgument];
  if (typeof argument.literal === 'string') {
    const path = parseFieldPath(argument.literal);
    if (isFieldPath(path)) {
      context.readsField(argument.literal === '' ? '/' : argument.literal);
      return fieldReader(path);
    }
    context.problem(
      0,
      `"${argument.literal}" is not a field path: ${path.problem}. Paths look like /attr/list[0]/name.`,
    );
    return () => undefined;
  }
  if (argument.literal !== undefined) {
    context.problem(0, "A field path is a text such as '/value'.");
    return () => undefined;
  }
  context.readsField('*');
  return (record) => {
    const text = toText(argument.evaluate(record));
    const path = parseFieldPath(text);
    if (!isFieldPath(path)) throw new ExpressionError(`"${text}" is not a field path: ${path.problem}.`);
    return fieldReader(path)(record);
  };
};

/** SDC's names of field types, as far as JSON values have them. */
const typeOf = (value: JsonValue | undefined): JsonValue => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return 'STRING';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'DOUBLE';
    return value >= -2147483648 && value <= 2147483647 ? 'INTEGER' : 'LONG';
  }
  return Array.isArray(value) ? 'LIST' : 'MAP';
};

const attributeArgument = (args: readonly CompiledArgument[]): ((record: FieldReader) => JsonValue) => {
  const [argument] = args as [CompiledArgument];
  return (record) => record.getHeader(toText(argument.evaluate(record)));
};

export const recordFunctions = [
  compiledFunction('record:value(path)', 'The value of a field; null where the record has none.', (args, context) => {
    const read = pathArgument(args, context);
    return (record) => read(record) ?? null;
  }),
  compiledFunction(
    'record:valueOrDefault(path, default)',
    'The value of a field, or the default where the field is absent or null.',
    (args, context) => {
      const read = pathArgument(args, context);
      const otherwise = (args[1] as CompiledArgument).evaluate;
      return (record) => read(record) ?? otherwise(record);
    },
  ),
  compiledFunction(
    'record:exists(path)',
    'True where the record has the field, even if it is null.',
    (args, context) => {
      const read = pathArgument(args, context);
      return (record) => read(record) !== undefined;
    },
  ),
  compiledFunction(
    'record:type(path)',
    'The type of a field: STRING, BOOLEAN, INTEGER (32 bits), LONG, DOUBLE, LIST or MAP; null where it is absent or null.',
    (args, context) => {
      const read = pathArgument(args, context);
      return (record) => typeOf(read(record));
    },
  ),
  compiledFunction(
    'record:attribute(name)',
    'A header attribute: topic, partition, offset, timestamp (Unix ms) or key; null where there is none.',
    (args) => attributeArgument(args),
  ),
  compiledFunction(
    'record:attributeOrDefault(name, default)',
    'A header attribute, or the default where there is none.',
    (args) => {
      const read = attributeArgument(args);
      const otherwise = (args[1] as CompiledArgument).evaluate;
      return (record) => read(record) ?? otherwise(record);
    },
  ),
  compiledFunction('record:id()', 'Where the record came from: topic::partition::offset.', () => (record) => {
    const topic = record.getHeader('topic');
    return topic === null ? null : `${topic}::${record.getHeader('partition')}::${record.getHeader('offset')}`;
  }),
];
