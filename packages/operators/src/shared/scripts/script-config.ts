import type { DocumentOptions, ErrorDeclaration } from '@penstock/engine';
import { choiceField, fieldNamesField, tableField, textField, wholeNumberField } from '../config/fields.ts';
import { notSelected } from '../outcomes.ts';
import { inputPointColumn } from '../points/point-columns.ts';

/** Options that script stages have in common, whatever the language. */

export const ioMappingField = choiceField(
  { '1:1': '1:1 (each record by itself)', 'M:1': 'M:1 (several records become one)' },
  {
    title: 'IO Mapping Method',
    description:
      '1:1: the script handles each record by itself, so that when it fails on a batch the records are tried one by one. M:1: it combines records of a batch, and a failure concerns the whole batch.',
    default: '1:1',
    group: 'Basic',
  },
);

export const scriptPointsField = tableField(
  {
    inputPoint: inputPointColumn,
    outputPoint: textField({
      title: 'Output Point',
      description: 'Point the script may write for this input, `modelId::pointId`; empty: the input point.',
      default: '',
      control: 'point',
    }),
  },
  {
    title: 'Input/Output',
    description: 'The points the script gets and may write. Without rows it gets every record and may write any.',
    minItems: 0,
    group: 'Input/Output',
  },
);

/** `group`: the tab of the script. */
export const timeLimitField = (group: string) =>
  wholeNumberField({
    title: 'Time Limit',
    description: 'Longest run for one batch of up to 1,000 records, in ms.',
    default: 5000,
    minimum: 50,
    maximum: 60_000,
    unit: 'ms',
    group,
    advanced: true,
  });

export const stateKeyField = (group: string) =>
  fieldNamesField({
    title: 'State Key',
    description:
      'Fields that records have in common whose results depend on each other through `state`. Such records are brought to one task; each task has a state of its own.',
    default: ['assetId'],
    group,
    advanced: true,
  });

export const scriptErrors: readonly ErrorDeclaration[] = [
  { code: 'SCRIPT_ERROR', when: 'The script reported the record with `error.write`.' },
  { code: 'SCRIPT_FAILED', when: 'The script threw on the record, or on its batch with M:1.' },
  { code: 'SCRIPT_TIME_LIMIT', when: 'The script ran longer than its time limit.' },
  { code: 'SCRIPT_MEMORY_LIMIT', when: 'The script needed more memory than the stage allows.' },
  { code: 'SCRIPT_OUTPUT_NOT_VALID', when: 'The script wrote something that is no record, or of no output point.' },
  { code: 'SCRIPT_STATE_TOO_LARGE', when: 'A property of `state` would be larger than 512 KiB with its name.' },
];

/** Options of the vendor's script stages that documents bring along. */
export const scriptDocumentOptions: DocumentOptions = {
  kept: ['processingMode', 'scriptRecordType'],
  ignored: {
    initScript: 'the script is run as it is for every batch. Put what has to be prepared at its beginning.',
    destroyScript: 'nothing is run when the pipeline ends.',
    userParams: 'write the values into the script.',
  },
};

export const scriptDrops = [
  notSelected,
  { reason: 'not-written', when: 'With 1:1, the script neither wrote nor reported the record.' },
  { reason: 'merged', when: 'With M:1, the script neither wrote nor reported the record.' },
];

/** A script that never mentions `state` has none: it runs where its records are. */
export const mentionsState = (script: string): boolean => /\bstate\b/.test(script);
/** Whether a script may ask where a record comes from. */
export const mentionsOrigin = (script: string): boolean => /\b(?:attributes|sourceId)\b/.test(script);
