import { exactValue } from '../exact-field.ts';
import type { Value } from '../value.ts';
import { defineFunction, family } from './define-function.ts';
import { anything, field, text } from './parameters.ts';

/** SDC's names of field types, as far as JSON values have them. */
const typeOf = (value: Value | undefined): string | null => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return 'STRING';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'bigint') return 'LONG';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'DOUBLE';
    return value >= -2147483648 && value <= 2147483647 ? 'INTEGER' : 'LONG';
  }
  return Array.isArray(value) ? 'LIST' : 'MAP';
};

const sample = { value: 12.5, pointId: 'power', attr: { list: [{ id: 'p1' }], none: null }, 'odd name': 1 };

export const recordFields = family('Fields of the record', [
  defineFunction({
    name: 'record:value',
    summary: 'The value of a field; null where the record has none. Whole numbers keep all digits of 64 bits.',
    parameters: [field('path')],
    examples: [
      { source: "${record:value('/value')}", result: 12.5, record: sample },
      { source: "${record:value('/attr/list[0]/id')}", result: 'p1', record: sample },
      { source: '${record:value(\'/"odd name"\')}', result: 1, record: sample },
      { source: "${record:value('/nothing')}", result: null, record: sample },
    ],
    apply: ([{ path, read }], record) => exactValue(read(record), record, path) ?? null,
  }),
  defineFunction({
    name: 'record:valueOrDefault',
    summary: 'The value of a field, or the default where the field is absent or null.',
    parameters: [field('path'), anything('default')],
    examples: [{ source: "${record:valueOrDefault('/attr/none', 7)}", result: 7, record: sample }],
    apply: ([{ path, read }, otherwise], record) => exactValue(read(record), record, path) ?? otherwise,
  }),
  defineFunction({
    name: 'record:exists',
    summary: 'True where the record has the field, even if it is null.',
    parameters: [field('path')],
    examples: [
      { source: "${record:exists('/attr/none')}", result: true, record: sample },
      { source: "${record:exists('/nothing')}", result: false, record: sample },
    ],
    apply: ([{ read }], record) => read(record) !== undefined,
  }),
  defineFunction({
    name: 'record:type',
    summary:
      'The type of a field: STRING, BOOLEAN, INTEGER (32 bits), LONG, DOUBLE, LIST or MAP; null where it is absent or null.',
    parameters: [field('path')],
    examples: [
      { source: "${record:type('/pointId') == STRING}", result: true, record: sample },
      { source: "${record:type('/attr')}", result: 'MAP', record: sample },
    ],
    apply: ([{ path, read }], record) => typeOf(exactValue(read(record), record, path)),
  }),
  defineFunction({
    name: 'record:fieldAttribute',
    summary: 'An attribute of a field. JSON fields have none, so it is always an empty text.',
    parameters: [field('path'), text('attribute')],
    examples: [{ source: "${record:fieldAttribute('/value', 'unit')}", result: '', record: sample }],
    apply: () => '',
  }),
  defineFunction({
    name: 'record:fieldAttributeOrDefault',
    summary: 'An attribute of a field, or the default. JSON fields have none, so it is always the default.',
    parameters: [field('path'), text('attribute'), anything('default')],
    examples: [{ source: "${record:fieldAttributeOrDefault('/value', 'unit', 'kW')}", result: 'kW', record: sample }],
    apply: ([, , otherwise]) => otherwise,
  }),
]);
