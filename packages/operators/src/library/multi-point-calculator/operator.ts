import { defineLookUp, defineProcessor, nameOfReference } from '@penstock/engine';
import type { AssetFacts } from '@penstock/model';
import { ASSET_POLICY } from '../../shared/assets/policy.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { periodOf } from '../../shared/generate/frequency.ts';
import { BASE_LIBRARY, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import {
  expressionFailed,
  keyNotValid,
  notSelected,
  nullValue,
  timeNotValid,
  timeTooFarAhead,
} from '../../shared/outcomes.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { changedByWindows } from '../../shared/windows/window-options.ts';
import { assetLookUp } from '../asset-lookup/asset-look-up.ts';
import { attributesOf, checkCalculatedRow, pointsRead } from './calculated-row.ts';
import { MultiPointCalculator } from './calculator.ts';
import { type Config, config } from './config.ts';
import { latestValues } from './latest-values.ts';

/** The assets whose attributes expressions read; nothing is asked where none does. */
const attributes = defineLookUp<string, AssetFacts, Config>({
  name: assetLookUp.name,
  policy: () => ASSET_POLICY,
  open: ({ inputOutput, triggerMode }) =>
    assetLookUp.open({
      inputOutput: inputOutput
        .filter((row) => attributesOf(row).size > 0)
        .flatMap((row) => pointsRead(row, triggerMode).map((point) => ({ inputPoint: nameOfReference(point) }))),
    }),
});

export const multiPointCalculator = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Multi Point Calculator'),
  library: LIBRARY,
  version: 1,
  libraries: [BASE_LIBRARY],
  category: 'state',
  keywords: ['expression', 'merge', 'virtual point', 'formula', 'trigger', 'template'],
  summary: 'Calculates points from other points and attributes of the same asset.',
  description: `An operator of Penstock's own, for the template Multi-Point Merging. Each row has an output point and an expression over points and attributes of one model; [Expressions of merging](../../merging-expressions.md) has its language.

*By point:* a record of the row's triggering point has it calculated; the output has the time of that record. Every other point counts with its value at that time, else the one before it, however old (Timing Interpolation *LastValue*). Of each point the four newest values are kept for that, so that a trigger that comes late still meets the values of its time. Values that come after their trigger, also with the same time, do not count for it. *By fixed frequency:* at each multiple of the frequency of the clock every row is calculated for every asset of its model that has sent something, with the latest values; the output has the time of the slot. Slots that have passed while the pipeline did not run are not made up for; no slot comes twice for an asset.

The output is a new record: organisation, model and asset of the newest record, the output point, time, value, \`quality\` 0 and an empty \`attr\`. Where a value that the expression needs is missing, or no branch of an \`if\` applies, there is no output (\`no-result\`); branches that are not taken need no values. What an operation cannot take, such as a division by zero or a text where a number is needed, is an error (\`EXPRESSION_FAILED\`), as is a result that is not of the Output Type.

A record that is taken in and triggers nothing is dropped (\`kept-for-calculation\`), one no row reads likewise (\`not-selected\`), and one whose value is null or absent (\`null-value\`). Of records with the same time the last one counts; a late one changes nothing that is newer. Without valid \`time\`, \`assetId\` or \`pointId\`, or too far ahead of the clock, a record is an error (\`TIME_NOT_VALID\`, \`KEY_NOT_VALID\`, \`TIME_TOO_FAR_AHEAD\`). Attributes are asked for with every record of a row that reads any, and kept; by fixed frequency they are those of when the asset sent last. While they cannot be asked for the stage waits (\`ASSETS_UNREACHABLE\`).

State per asset: the newest values of the points that rows read. Get Stage State shows the latest of each.`,
  config,
  errors: [keyNotValid, timeNotValid, timeTooFarAhead, expressionFailed],
  drops: [
    notSelected,
    nullValue,
    { reason: 'kept-for-calculation', when: 'The value has been taken in, and its point triggers no row.' },
    { reason: 'no-result', when: 'A value that the expression needs is missing, or no branch of it applies.' },
  ],
  check: ({ inputOutput, triggerMode }) => {
    const points = checkPointColumns(inputOutput, ['outputPoint', 'triggerPoint']);
    if (points.length > 0) return points;
    const empty = inputOutput.flatMap(({ outputPoint }, index) =>
      outputPoint.trim() === '' ? [optionIssue(`/inputOutput/${index}/outputPoint`, 'An output point is needed.')] : [],
    );
    return [...empty, ...inputOutput.flatMap((row, index) => checkCalculatedRow(row, index, triggerMode))];
  },
  makesRecords: true,
  changes: () => changedByWindows(POINTS),
  requires: () => ({ kind: 'parts', parts: ['/assetId'] }),
  stores: [latestValues],
  schedules: [
    {
      name: 'calculate',
      per: 'task',
      everyMs: ({ triggerMode, triggerFrequency }) =>
        triggerMode === 'FREQUENCY' ? periodOf(triggerFrequency) : undefined,
    },
  ],
  lookUps: [attributes],
  lineage: ({ inputOutput, triggerMode }) => {
    const rows = inputOutput.flatMap((row) => {
      const output = pointReferenceOf(row.outputPoint);
      return pointsRead(row, triggerMode).map((input) => ({ input, output }));
    });
    return { inputs: rows.map(({ input }) => input), outputs: rows.map(({ output }) => output) };
  },
  create: (settings, context) => {
    const calculator = new MultiPointCalculator(
      settings,
      context.store(latestValues),
      context.eventTime,
      context.lookUp(attributes),
    );
    return {
      process: (record, out) => calculator.process(record, out),
      scheduled: (slot, out) => calculator.scheduled(slot, out),
    };
  },
});
