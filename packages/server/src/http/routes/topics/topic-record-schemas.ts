import { Type } from 'typebox';
import type { FieldType } from '../../../topic-records/record-fields.ts';
import { fieldsOf } from '../../../topic-records/record-fields.ts';
import { type Beginning, isCut, type SampledRecord, textOf } from '../../../topic-records/sampled-record.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { nullable, time } from '../../plugins/schemas.ts';

const whole = (description: string) => Type.Integer({ description });
const base64 = (description: string) => Type.String({ contentEncoding: 'base64', description });

const type = Type.Unsafe<FieldType>({
  type: 'string',
  enum: ['string', 'number', 'boolean', 'null', 'object', 'array'],
});

const part = nameSchema(
  'TopicBytes',
  Type.Object({
    base64: base64('The bytes; of very many the first.'),
    text: nullable(Type.String({ description: 'The same as text; null where it is not UTF-8.' })),
    size: whole('Bytes there were.'),
    isCut: Type.Boolean({ description: 'There were more bytes than are given here.' }),
  }),
);

const field = nameSchema(
  'TopicField',
  Type.Object({
    path: Type.String({ description: 'JSON Pointer.' }),
    type,
    text: Type.String({ description: 'JSON, with all digits that numbers have in the message; long ones cut.' }),
  }),
);

export const topicRecordSchema = nameSchema(
  'TopicRecord',
  Type.Object({
    partition: Type.Integer(),
    offset: Type.Integer(),
    timestamp: nullable(time('When it was written, as the record says')),
    key: nullable(part),
    value: nullable(part),
    headers: Type.Array(Type.Object({ key: Type.String(), value: nullable(part) }), {
      description: 'Of very many the first.',
    }),
    headerCount: whole('Headers there are.'),
    fields: Type.Array(field, {
      description:
        'Of a value that is JSON and not cut: its fields; objects are taken apart, of very many fields the first.',
    }),
    fault: nullable(
      Type.Unsafe<'RECORD_VALUE_NULL' | 'RECORD_NOT_UTF8' | 'RECORD_NOT_JSON'>({
        type: 'string',
        enum: ['RECORD_VALUE_NULL', 'RECORD_NOT_UTF8', 'RECORD_NOT_JSON'],
        description: 'Why the value has no fields; pipelines that read it give it the same code.',
      }),
    ),
  }),
);

export const sampleFieldSchema = nameSchema(
  'TopicSampleField',
  Type.Object({
    path: Type.String({ description: 'JSON Pointer; `*` stands for the place in a message that is an array.' }),
    types: Type.Array(type),
    count: whole('Records, or items of messages that are arrays, that have it.'),
    example: Type.String({ description: 'JSON; a long one cut.' }),
  }),
);

export const standingSchema = nameSchema(
  'TopicPartition',
  Type.Object({
    partition: Type.Integer(),
    firstOffset: whole('The first offset that is left.'),
    endOffset: whole('Where committed records end: the next one gets this offset, or a later one.'),
    heldBack: whole('Offsets behind that end, of transactions that are still open.'),
  }),
);

const partOf = (part: Beginning) =>
  part.bytes === null
    ? null
    : { base64: part.bytes.toString('base64'), text: textOf(part) ?? null, size: part.size, isCut: isCut(part) };

/** A record as the API shows it, and what its value was taken apart into. */
export const shownRecord = (record: SampledRecord) => {
  const decoded = fieldsOf(record);
  return {
    decoded,
    view: {
      partition: record.partition,
      offset: record.offset,
      timestamp: record.timestamp < 0 ? null : record.timestamp,
      key: partOf(record.key),
      value: partOf(record.value),
      headers: record.headers.map(({ key, value }) => ({ key, value: partOf(value) })),
      headerCount: record.headerCount,
      fields: decoded.fields.map((each) => ({ ...each })),
      fault: decoded.fault ?? null,
    },
  };
};
