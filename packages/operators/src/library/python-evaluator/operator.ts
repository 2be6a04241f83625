import { defineProcessor, fieldPointer, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { textField, wholeNumberField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import {
  ioMappingField,
  mentionsState,
  scriptDocumentOptions,
  scriptDrops,
  scriptErrors,
  scriptPointsField,
  stateKeyField,
  timeLimitField,
} from '../../shared/scripts/script-config.ts';
import { scriptOutputs, scriptPoints } from '../../shared/scripts/script-outputs.ts';
import { ScriptStage } from '../../shared/scripts/script-stage.ts';
import { defineScriptState, type ScriptState } from '../../shared/scripts/script-state.ts';
import { inspectScript } from './inspect-script.ts';

const config = Type.Object({
  ioMapping: ioMappingField,
  inputOutput: scriptPointsField,
  script: textField({
    title: 'Python',
    description:
      'The script, run once per batch. It finds the batch in `records` and passes records on with `output.write(record)`.',
    minLength: 1,
    maxLength: 200_000,
    control: 'code',
    language: 'python',
    group: 'Script',
  }),
  timeLimitMs: timeLimitField('Script'),
  memoryLimitMb: wholeNumberField({
    title: 'Memory Limit',
    description:
      'Memory of scripts per thread beside what Python itself takes, in MiB. Python stages of a pipeline share it; the largest limit holds.',
    default: 64,
    minimum: 16,
    maximum: 512,
    unit: 'MiB',
    group: 'Script',
    advanced: true,
  }),
  stateKey: stateKeyField('Script'),
});

/** Resident memory that Python takes before a script runs, MiB per thread; measured, see docs/benchmarks.md. */
const PYTHON_MB = 140;
/** A Python that had to be ended is loaded anew within the call. */
const RELOAD_MS = 30_000;

/** Its definition for one of the data formats. */
export const pythonEvaluatorBy = (of: Addressing): Omit<ProcessorDefinition<typeof config, ScriptState>, 'kind'> => ({
  ...operatorNames('processor', 'Python Evaluator'),
  library: LIBRARY,
  stageNameAliases: [
    'com_streamsets_pipeline_stage_processor_jython_JythonDProcessor',
    'com_streamsets_pipeline_stage_processor_python_PythonDProcessor',
  ],
  version: 1,
  labelAliases: ['Jython Evaluator', 'Python'],
  instancePrefixAliases: ['JythonEvaluator'],
  libraries: CLASSIC_LIBRARIES,
  category: 'script',
  keywords: ['script', 'code', 'python', 'jython', 'evaluator', 'compute'],
  summary: 'Runs a Python script of your own over the records.',
  description: `The script runs once per batch, in Python 3.14 (Pyodide) with its standard library, in a sandbox without network, files of the machine, environment, processes or threads, within limits of time and memory. How records are grouped into batches is not defined, so results should not depend on it.

Objects: \`records\`, the batch; \`record.value\`, a dict of a record's fields; \`record.attributes\` (topic, partition, offset, timestamp) and \`record.sourceId\`; \`output.write(record)\`, of one or a list; \`error.write(record, message)\`; \`state\`, a dict kept between batches; \`log.info/warn/error(message, …)\` (\`print\` writes there, too); \`sdcFunctions.getFieldNull(record, path)\`, \`.createRecord(id)\`, \`.createMap(listMap)\`, \`.createEvent(type, version)\`, \`.toEvent(record)\` (events go nowhere), \`.isPreview()\`; the \`NULL_…\` constants, all None. The same objects are there under the name newer StreamSets scripts use, \`sdc.records\` and so on. Scripts of Jython are Python 2: \`long\`, \`unicode\`, \`basestring\`, \`unichr\` and \`xrange\` are known here, and validation names what has to be changed (\`print x\`, \`has_key\`).

Whole numbers have as many digits as they need. Others are doubles; those the script leaves alone keep their spelling, \`1.10\` stays. What JSON has not cannot be written: a number that is not finite, bytes, a set, any object (\`SCRIPT_OUTPUT_NOT_VALID\`, with its place). Records nested more than 500 deep are errors. Names that are numbers become texts.

With Input/Output rows only records of the input points reach the script (others: \`not-selected\`), and what it writes must fit an output point (\`SCRIPT_OUTPUT_NOT_VALID\`). Records it neither writes nor reports are dropped, as \`not-written\`, or with M:1 as \`merged\`. \`error.write\` makes an error \`SCRIPT_ERROR\`. If the script raises (\`SCRIPT_FAILED\`, with line and column) or exceeds a limit (\`SCRIPT_TIME_LIMIT\`, \`SCRIPT_MEMORY_LIMIT\`, \`SCRIPT_OUTPUT_TOO_LARGE\`), nothing of that run counts: with 1:1 the records are run again one by one, for up to twice the time limit, so that only those that fail (or are left when that time is over) are errors; with M:1 the whole batch is. At its time limit a script gets a \`KeyboardInterrupt\`; one that does not end within another second (a loop inside C) is ended together with Python, which takes seconds to load again. Late and duplicate records and missing values are the script's business.

State: \`state\`, a dict, one per task, kept together with the output it led to. What is under each of its keys is kept by itself as JSON, and a commit writes what changed: keep what belongs to an asset under its id. An entry may have 512 KiB with its key (\`SCRIPT_STATE_TOO_LARGE\`); how many there are is bounded by the memory limit, and all of them are looked at for changes in each batch. The order of the keys is not kept over a restart. Global variables other than \`state\` may be lost at any time.

Resources: each thread takes ${PYTHON_MB} MiB for Python and up to the memory limit for scripts, and 4 s of a core at its start; a start whose CUs leave less is refused. A script costs several times as much as one in JavaScript.`,
  config,
  errors: [
    ...scriptErrors,
    { code: 'SCRIPT_OUTPUT_TOO_LARGE', when: 'The script wrote more than 32 Mi characters in one run.' },
  ],
  drops: scriptDrops,
  documentOptions: scriptDocumentOptions,
  check: ({ inputOutput }) => of.check(inputOutput, ['inputPoint', 'outputPoint']),
  inspect: ({ script }) => inspectScript(script),
  runtimes: ['python'],
  resources: ({ memoryLimitMb }) => [{ name: 'python', perThreadMb: PYTHON_MB + memoryLimitMb }],
  deterministic: false,
  longestCallMs: ({ timeLimitMs }) => timeLimitMs + RELOAD_MS,
  changes: () => 'any',
  requires: ({ script, stateKey }) =>
    mentionsState(script) ? { kind: 'parts', parts: stateKey.map(fieldPointer) } : undefined,
  // As text: its whole numbers may have more digits than JavaScript keeps.
  stores: [defineScriptState((stored) => (typeof stored === 'string' ? stored : JSON.stringify(stored)))],
  lineage: ({ inputOutput }) => scriptPoints(of, inputOutput),
  create: ({ script, timeLimitMs, memoryLimitMb, inputOutput, ioMapping }, context) =>
    new ScriptStage(
      {
        of,
        timeLimitMs,
        inputs: scriptPoints(of, inputOutput).inputs,
        isOneToOne: ioMapping === '1:1',
        isSlowToOpen: true,
        open: async () => {
          // Not before a stage is made: pipelines without it load none of it.
          const { PythonSandbox } = await import('./python/python-sandbox.ts');
          const outputs = scriptOutputs(of, inputOutput);
          return PythonSandbox.open({
            script,
            timeLimitMs,
            memoryLimitMb,
            outputs,
            isPreview: context.isPreview,
          });
        },
        respell: (source, text) => source.withExactDigits(text),
      },
      context,
    ),
});

export const pythonEvaluator = defineProcessor(pythonEvaluatorBy(POINTS));
