import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { switchField, tableField, textField, wholeNumberField } from '../../shared/config/fields.ts';
import { checkKeyPart } from '../../shared/config/key-part.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { mergedLineage } from '../../shared/merged-records.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected, timeNotValid, timeTooFarAhead } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn } from '../../shared/points/point-columns.ts';
import { latestRecords } from './latest-records.ts';
import { changedByMerger, LatestRecordMerger, triggersOf } from './merger.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      isTrigger: switchField({
        title: 'Is Trigger',
        description: 'Whether a record of the point puts out what is kept under its tag.',
        default: false,
      }),
      outputPoint: textField({
        title: 'Output Point',
        description: 'For triggers: the point under which the merged record goes on, `modelId::pointId`.',
        default: '',
        control: 'point',
      }),
    },
    {
      title: 'Input/Output',
      description: 'The points that are merged, and which of them trigger an output.',
      group: 'Input/Output',
    },
  ),
  mergedByExpression: textField({
    title: 'Merged By Expression',
    description:
      "What records are grouped by, their tag: an expression such as `${record:value('/assetId')}` or `${record:value('/attr/tslParentLookup[0]/id')}`, or a JSON Pointer (`/assetId`).",
    default: "${record:value('/assetId')}",
    minLength: 1,
    maxLength: 4000,
    control: 'expression',
    group: 'MergerConfig',
  }),
  cacheExpireTime: wholeNumberField({
    title: 'Cache Expire Time',
    description: 'In minutes of event time: a tag that got no newer record for longer than this is forgotten.',
    default: 1440,
    minimum: 1,
    maximum: 525_600,
    unit: 'minutes',
    group: 'MergerConfig',
  }),
  cacheType: cacheTypeField,
});

/** Its definition for one of the data formats. */
export const latestRecordMergerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => ({
  ...operatorNames('processor', 'Latest Record Merger'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'state',
  keywords: ['merge', 'join', 'group', 'tag', 'trigger', 'assets', 'cache'],
  summary: 'Groups points by an expression and puts out the latest record of each when a trigger arrives.',
  description: `The value of the expression is a record's tag. Of each asset and point under a tag the latest record is kept as it came. When a record of a trigger arrives, a copy of it goes on under the row's output point, with \`attr.latestRecordMerger\` = \`{ mergedTag, mergedRecords: […] }\`: the latest records of its tag, ordered by asset, then point. The trigger's own point is one of them, and its \`time\` and \`value\` stay. Several models and several triggers may be in one table; a record of a trigger to which several rows apply comes out once for each that is a trigger.

"Latest" means the greatest \`time\`; of equal times the one that arrived last. A late record changes nothing that is newer, and a late trigger still puts out what there is. A duplicate replaces itself. A missing value is kept and merged like any other. Records of all assets of a tag are brought together in one task, by the expression.

A tag is forgotten when the record that comes is further ahead than Cache Expire Time of all that is kept under it, by their \`time\`: then it begins anew with that record. A record whose \`time\` lies further ahead of the clock than the pipeline accepts (\`maxFutureMs\`, one day) would make a tag expire and stay the latest for ever: it is an error (\`TIME_TOO_FAR_AHEAD\`).

A record no row applies to is dropped (\`not-selected\`). One for which the expression gives no text, number or truth value, or that has no valid \`assetId\` or \`time\`, is an error (\`KEY_NOT_VALID\`, \`TIME_NOT_VALID\`). Where the records of a tag have more than 16 Mi characters together, its triggers are errors (\`MERGED_RECORDS_TOO_LARGE\`).

State per tag, asset and point: one record. Get Stage State shows it by asset and point, once for each tag it is under. Which record is the latest, the order of the merged ones, and that expiry goes by event time are decisions of Penstock; EnOS says nothing of them.`,
  config,
  errors: [
    {
      code: 'KEY_NOT_VALID',
      when: 'The expression gives no tag for the record, or `assetId` or `pointId` is not a text.',
    },
    timeNotValid,
    timeTooFarAhead,
    { code: 'MERGED_RECORDS_TOO_LARGE', when: 'The records of the tag are more than one record can hold.' },
  ],
  drops: [
    notSelected,
    { reason: 'kept-for-merge', when: 'The record has been taken in, and its point triggers no output.' },
  ],
  check: ({ inputOutput, mergedByExpression }) => [
    ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap(({ isTrigger, outputPoint }, index) =>
      isTrigger && outputPoint === ''
        ? [optionIssue(`/inputOutput/${index}/outputPoint`, 'A trigger needs an output point: turbine::merged.')]
        : [],
    ),
    ...(triggersOf(inputOutput).length === 0
      ? [optionIssue('/inputOutput', 'No row is a trigger, so nothing would ever come out. Mark one as "Is Trigger".')]
      : []),
    ...checkKeyPart('/mergedByExpression', mergedByExpression),
  ],
  changes: ({ inputOutput }) => changedByMerger(of, inputOutput),
  requires: ({ mergedByExpression }) => ({ kind: 'parts', parts: [mergedByExpression] }),
  stores: [latestRecords],
  lineage: ({ inputOutput }) => mergedLineage(of, inputOutput, triggersOf(inputOutput)),
  create: ({ inputOutput }, context) => {
    const merger = new LatestRecordMerger(of, inputOutput, context, context.store(latestRecords));
    return { process: (record, out) => merger.process(record, out) };
  },
});

export const latestRecordMerger = defineProcessor(latestRecordMergerBy(POINTS));
