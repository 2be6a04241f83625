import { defineProcessor, fieldPointer } from '@penstock/engine';
import { isJsonObject } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { choiceField, fieldNamesField, tableField, textField, wholeNumberField } from '../../shared/config/fields.ts';
import { textIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected } from '../../shared/outcomes.ts';
import { inputPointColumn } from '../../shared/points/point-columns.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { ScriptStage, type ScriptState } from './script-stage.ts';
import { syntaxProblem } from './syntax-check.ts';

const config = Type.Object({
  ioMapping: choiceField(
    { '1:1': '1:1 (each record by itself)', 'M:1': 'M:1 (several records become one)' },
    {
      title: 'IO Mapping Method',
      description:
        '1:1: the script handles each record by itself, so that when it fails on a batch the records are tried one by one. M:1: it combines records of a batch, and a failure concerns the whole batch.',
      default: '1:1',
      group: 'Basic',
    },
  ),
  inputOutput: tableField(
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
  ),
  script: textField({
    title: 'JavaScript',
    description:
      'The script, run once per batch. It finds the batch in `records` and passes records on with `output.write(record)`.',
    minLength: 1,
    maxLength: 200_000,
    control: 'code',
    language: 'javascript',
    group: 'JavaScript',
  }),
  timeLimitMs: wholeNumberField({
    title: 'Time Limit',
    description: 'Longest run for one batch of up to 1,000 records, in ms.',
    default: 5000,
    minimum: 50,
    maximum: 60_000,
    unit: 'ms',
    group: 'JavaScript',
    advanced: true,
  }),
  memoryLimitMb: wholeNumberField({
    title: 'Memory Limit',
    description: 'Memory of the script per task, in MiB.',
    default: 24,
    minimum: 16,
    maximum: 512,
    unit: 'MiB',
    group: 'JavaScript',
    advanced: true,
  }),
  stateKey: fieldNamesField({
    title: 'State Key',
    description:
      'Fields that records have in common whose results depend on each other through `state`. Such records are brought to one task; each task has a state of its own.',
    default: ['assetId'],
    group: 'JavaScript',
    advanced: true,
  }),
});

type Row = Static<typeof config>['inputOutput'][number];

/** Model ids by point id that the script may write; null where there are no rows. */
const outputsOf = (rows: readonly Row[]): Record<string, string[]> | null => {
  if (rows.length === 0) return null;
  const outputs = new Map<string, string[]>();
  for (const row of rows) {
    const { modelId, pointId } = pointReferenceOf(row.outputPoint === '' ? row.inputPoint : row.outputPoint);
    outputs.set(pointId, [...(outputs.get(pointId) ?? []), modelId]);
  }
  return Object.fromEntries(outputs);
};

const usesState = (script: string): boolean => /\bstate\b/.test(script);

export const javascript = defineProcessor<typeof config, ScriptState>({
  ...operatorNames('processor', 'JavaScript'),
  library: LIBRARY,
  stageNameAliases: ['com_streamsets_pipeline_stage_processor_javascript_JavaScriptDProcessor'],
  version: 1,
  labelAliases: ['JavaScript Evaluator'],
  instancePrefixAliases: ['JavaScriptEvaluator'],
  libraries: CLASSIC_LIBRARIES,
  category: 'script',
  keywords: ['script', 'code', 'js', 'evaluator', 'compute'],
  summary: 'Runs a script of your own over the records.',
  description: `The script runs once per batch, in a sandbox without network, files, timers or modules, within limits of time and memory. How records are grouped into batches is not defined, so results should not depend on it.

Objects: \`records\`, the batch; \`record.value\`, a record's fields; \`record.attributes\` (topic, partition, offset, timestamp) and \`record.sourceId\`; \`output.write(record)\`; \`error.write(record, message)\`; \`state\`, an object kept between batches; \`log.info/warn/error(message, …)\`; \`sdcFunctions.getFieldNull(record, path)\`, \`.createRecord(id)\`, \`.createMap(listMap)\`, \`.createEvent(type, version)\`, \`.toEvent(record)\` (events go nowhere), \`.isPreview()\`; \`enosFunc.mcMin\`, \`mcMax\`, \`mcSum\`, \`mcMean\`, \`mcCov\` (standard deviation by mean) and \`input\`, each of \`(record, pointId)\`, on records that Latest Record Merger or Batch Merger put together; the \`NULL_…\` constants, all null. The same objects are there under the name newer StreamSets scripts use: \`sdc.records\`, \`sdc.output.write\`, \`sdc.error.write\`, \`sdc.state\`, \`sdc.log\`, \`sdc.createRecord\` and so on.

Numbers the script leaves alone keep their spelling, however many digits they have. In its arithmetic whole numbers beyond 2^53 lose digits; a \`BigInt\` is written with all of its own. A number that is not finite (\`1 / 0\`) is an error (\`SCRIPT_OUTPUT_NOT_VALID\`), not a null.

With Input/Output rows only records of the input points reach the script (others: \`not-selected\`), and what it writes must fit an output point (\`SCRIPT_OUTPUT_NOT_VALID\`). Records it neither writes nor reports are dropped, as \`not-written\`, or with M:1 as \`merged\`. \`error.write\` makes an error \`SCRIPT_ERROR\`. If the script throws (\`SCRIPT_FAILED\`, with the line) or exceeds a limit (\`SCRIPT_TIME_LIMIT\`, \`SCRIPT_MEMORY_LIMIT\`), nothing of that run counts: with 1:1 the records are run again one by one, for up to twice the time limit, so that only those that fail (or are left when that time is over) are errors; with M:1 the whole batch is. Late and duplicate records and missing values are the script's business.

State: \`state\` as JSON, one per task, at most 512 KiB (\`SCRIPT_STATE_TOO_LARGE\`), kept together with the output it led to. Global variables other than \`state\` may be lost at any time.`,
  config,
  errors: [
    { code: 'SCRIPT_ERROR', when: 'The script reported the record with `error.write`.' },
    { code: 'SCRIPT_FAILED', when: 'The script threw on the record, or on its batch with M:1.' },
    { code: 'SCRIPT_TIME_LIMIT', when: 'The script ran longer than its time limit.' },
    { code: 'SCRIPT_MEMORY_LIMIT', when: 'The script needed more memory than the stage allows.' },
    { code: 'SCRIPT_OUTPUT_NOT_VALID', when: 'The script wrote something that is no record, or of no output point.' },
    { code: 'SCRIPT_STATE_TOO_LARGE', when: 'The state of the script would be larger than 512 KiB.' },
  ],
  drops: [
    notSelected,
    { reason: 'not-written', when: 'With 1:1, the script neither wrote nor reported the record.' },
    { reason: 'merged', when: 'With M:1, the script neither wrote nor reported the record.' },
  ],
  documentOptions: {
    kept: ['processingMode', 'scriptRecordType'],
    ignored: {
      initScript: 'the script is run as it is for every batch. Put what has to be prepared at its beginning.',
      destroyScript: 'nothing is run when the pipeline ends.',
      userParams: 'write the values into the script.',
    },
  },
  check: ({ script, inputOutput }) => {
    const problem = syntaxProblem(script);
    return [
      ...(problem === undefined
        ? []
        : [textIssue('/script', `The script cannot be read. ${problem.message}`, problem.at)]),
      ...checkPointColumns(inputOutput, ['inputPoint', 'outputPoint']),
    ];
  },
  deterministic: false,
  longestCallMs: ({ timeLimitMs }) => timeLimitMs,
  changes: () => 'any',
  // A script that never mentions `state` has none: it runs where its records are.
  requires: ({ script, stateKey }) =>
    usesState(script) ? { kind: 'parts', parts: stateKey.map(fieldPointer) } : undefined,
  state: {
    isKept: ({ script }) => usesState(script),
    encode: ({ json }) => JSON.parse(json),
    decode: (stored) => ({ json: JSON.stringify(isJsonObject(stored) ? stored : {}) }),
  },
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.map((row) => pointReferenceOf(row.inputPoint)),
    outputs: inputOutput.map((row) => pointReferenceOf(row.outputPoint === '' ? row.inputPoint : row.outputPoint)),
  }),
  create: (settings, context) =>
    new ScriptStage(
      {
        script: settings.script,
        timeLimitMs: settings.timeLimitMs,
        memoryLimitMb: settings.memoryLimitMb,
        inputs: settings.inputOutput.map((row) => pointReferenceOf(row.inputPoint)),
        outputs: outputsOf(settings.inputOutput),
        isOneToOne: settings.ioMapping === '1:1',
      },
      context,
    ),
});
