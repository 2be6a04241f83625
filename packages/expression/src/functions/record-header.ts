import { defineFunction, family } from './define-function.ts';
import { anything, text } from './parameters.ts';

const none = (name: string, what: string) =>
  defineFunction({
    name,
    summary: `${what}. Null: records on their way have none; the dead letters hold it for those that failed.`,
    parameters: [],
    examples: [{ source: `\${${name}()}`, result: null }],
    apply: () => null,
  });

export const recordHeader = family('Where the record came from', [
  defineFunction({
    name: 'record:attribute',
    summary:
      'A header attribute: topic, partition, offset, timestamp (Unix ms), key, or place (of a message with several records: which of them, from 0); null where there is none.',
    parameters: [text('name')],
    examples: [{ source: "${record:attribute('colour')}", result: null }],
    apply: ([name], record) => record.getHeader(name),
  }),
  defineFunction({
    name: 'record:attributeOrDefault',
    summary: 'A header attribute, or the default where there is none.',
    parameters: [text('name'), anything('default')],
    examples: [{ source: "${record:attributeOrDefault('colour', 'red')}", result: 'red' }],
    apply: ([name, otherwise], record) => record.getHeader(name) ?? otherwise,
  }),
  defineFunction({
    name: 'record:id',
    summary:
      'Where the record came from: topic::partition::offset, and ::place where its message holds several records; null for records made by hand.',
    parameters: [],
    examples: [{ source: '${record:id()}', result: null }],
    apply: (_, record) => {
      const topic = record.getHeader('topic');
      if (topic === null) return null;
      const place = record.getHeader('place');
      const id = `${topic}::${record.getHeader('partition')}::${record.getHeader('offset')}`;
      return place === null ? id : `${id}::${place}`;
    },
  }),
  none('record:creator', 'The stage that made the record'),
  none('record:path', 'The stages the record has passed'),
  none('record:errorCode', 'The code of the error the record met'),
  none('record:errorMessage', 'The message of the error the record met'),
  none('record:errorStage', 'The stage at which the record met an error'),
  none('record:errorTime', 'When the record met an error'),
]);
