import { defineProcessor } from '@penstock/engine';
import Type from 'typebox';
import { textField, wholeNumberField } from '../../shared/config/fields.ts';
import { checkKeyPart } from '../../shared/config/key-part.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';

const config = Type.Object({
  initMethodArguments: Type.Array(Type.String({ minLength: 1, maxLength: 4000 }), {
    title: 'Init Method Arguments',
    description:
      "What records are distributed by: paths of fields such as `/assetId` or `/attr/site/id`, or expressions such as `${record:value('/attr/tslParentLookup[0]/id')}`.",
    default: ['/assetId'],
    minItems: 1,
    maxItems: 4,
    ui: { control: 'field-names' },
  }),
  parallelism: wholeNumberField({
    title: 'Parallelism',
    description:
      'Kept for EnOS documents. Whatever is given, records are distributed over as many tasks as the pipeline has for what it is cut by.',
    default: 1,
    minimum: 1,
    maximum: 10_000,
    advanced: true,
  }),
  applicationName: textField({
    title: 'Application Name',
    description: 'Kept for EnOS documents; it has no effect.',
    default: 'SDC Spark App',
    maxLength: 200,
    advanced: true,
  }),
});

export const partitioner = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Partitioner'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'select',
  keywords: ['repartition', 'distribute', 'shuffle', 'group', 'parallel', 'key'],
  summary: 'Distributes records anew, so that those with the same fields are worked off together.',
  description: `All records with the same values of the given fields go on in the same task, one behind the other, and stages behind it that bring records together by these fields need no distribution of their own. Records are not changed and none is dropped. It takes no part in stream lineage.

Records that come from one partition stay in their order; those of several partitions come in the order in which they are worked off. Late and duplicate records and missing values are passed on like any other. A record without such a field, with null, an empty text, an object or a list in its place, or for which an expression cannot be evaluated, cannot be distributed: it is an error (\`KEY_NOT_VALID\`).

Stages with a key are distributed by Penstock where that is needed, without a Partitioner. It is there for what the planner does not decide by itself: one distribution in front of several branches, such as a Record Capturer and a Record Restorer by \`/assetId\`; or work that is to be spread over more tasks than the source has partitions.`,
  config,
  errors: [{ code: 'KEY_NOT_VALID', when: 'A field by which records are distributed is missing, or no single value.' }],
  check: ({ initMethodArguments }) =>
    initMethodArguments.flatMap((part, index) => checkKeyPart(`/initMethodArguments/${index}`, part)),
  changes: () => [],
  requires: ({ initMethodArguments }) => ({ kind: 'parts', parts: initMethodArguments }),
  redistributes: true,
  create: (_config, context) => ({
    process: (record, out) => {
      if (context.keyOf(record, out) !== undefined) out.emit(record);
    },
  }),
});
