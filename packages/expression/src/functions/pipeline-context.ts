import { defineFunction, family } from './define-function.ts';

const missing = (name: string, what: string) =>
  defineFunction({
    name,
    summary: `${what}. Null: there is no such thing here; it is known so that documents of StreamSets keep working.`,
    parameters: [],
    examples: [{ source: `\${${name}()}`, result: null }],
    apply: () => null,
  });

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A random UUID (version 4, RFC 9562) from the platform's source of randomness, which browsers and Node share. */
const randomUuid = (): string => {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const text = hex(bytes);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
};

export const pipelineContext = family('Pipeline and surroundings', [
  defineFunction({
    name: 'pipeline:id',
    summary: 'The id of the pipeline; null where an expression is evaluated outside of one.',
    parameters: [],
    examples: [{ source: '${pipeline:id()}', result: null }],
    apply: (_, __, { pipeline }) => pipeline?.id ?? null,
  }),
  missing('pipeline:name', 'The name of the pipeline'),
  missing('pipeline:title', 'The title of the pipeline'),
  missing('pipeline:version', 'The version of the pipeline'),
  missing('pipeline:user', 'Who started the pipeline'),
  missing('pipeline:startTime', 'When the pipeline was started'),
  missing('job:id', 'The id of the job'),
  missing('job:name', 'The name of the job'),
  missing('job:user', 'Who started the job'),
  missing('job:startTime', 'When the job was started'),
  missing('sdc:id', 'The id of the Data Collector'),
  missing('sdc:hostname', 'The machine of the Data Collector'),
  defineFunction({
    name: 'uuid:uuid',
    summary: 'A new random UUID. Another one each time, so records that are processed again get another one, too.',
    parameters: [],
    examples: [{ source: '${str:length(uuid:uuid())}', result: 36 }],
    apply: randomUuid,
  }),
]);
