import { ASSET_AND_POINT, defineLookUp, defineProcessor } from '@penstock/engine';
import type { AssetFacts } from '@penstock/model';
import { timeZoneProblem } from '../../shared/calendar/calendar-days.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { BASE_LIBRARY, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import {
  keyNotValid,
  notNumeric,
  notSelected,
  nullValue,
  timeNotValid,
  timeTooFarAhead,
} from '../../shared/outcomes.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { changedByWindows } from '../../shared/windows/window-options.ts';
import { assetLookUp } from '../asset-lookup/asset-look-up.ts';
import { type Config, type ConfigRow, config } from './config.ts';
import { checkEnergyRow, usesAttribute } from './energy-row.ts';
import { decodeEnergy, encodeEnergy, energyItem, type PointEnergy } from './energy-state.ts';
import { EnergyIntegrator } from './integrator.ts';

/** The assets whose attributes rows name; nothing is asked where none does. */
const attributes = defineLookUp<string, AssetFacts, Config>({
  ...assetLookUp,
  open: ({ method, inputOutput }) =>
    assetLookUp.open({ inputOutput: method === 'METER_READING' ? inputOutput.filter(usesAttribute) : [] }),
});

const outputsOf = ({ outputPoint, detailOutputPoint }: ConfigRow): string[] =>
  detailOutputPoint === '' ? [outputPoint] : [outputPoint, detailOutputPoint];

export const energyIntegrator = defineProcessor<typeof config, PointEnergy>({
  ...operatorNames('processor', 'Energy Integrator'),
  library: LIBRARY,
  version: 1,
  libraries: [BASE_LIBRARY],
  category: 'state',
  keywords: ['energy', 'meter', 'power', 'integral', 'trapezoid', 'daily', 'midnight', 'reset', 'template'],
  summary: 'Adds up the energy of each day from meter readings or from power.',
  description: `An operator of Penstock's own, for the energy templates: it computes what their calculation rules say to the letter, which the chain of Last Record Appender, Cumulant Decomposer and Simplified Time Window Aggregator cannot, since that moves its base with every reading and knows no power.

What lies between two records of an asset and point is an *interval*. Its energy counts for the day of the later record: over midnight it belongs to the new day. The total of a day goes out with the first record of a later day, under the output point, with \`time\` = start of the day in the time zone, \`quality\` 0 and \`attr.energyIntegrator\` = \`{ method, scale, counted, leftOut }\`: how many intervals are in it, and how many were not added. A day in which no interval ended, that of the very first record for instance, has no total. With a detailed output, intervals of the given length that begin with the day go out in the same way; those of a day add up to its total. Days have 23 or 25 hours where clocks are changed.

*Sum of meter reading delta:* the energy is the difference of the readings, the slope that difference by the time between them in hours. Within the limits of the slope, both included, it is added; beyond them (a jump, a reading that fell, a meter that was reset) it is not, and the reading is the next base all the same. An unchanged reading adds nothing, and the time of the base stays where it is, so that the slope of the next change is that since the last one. The total is the sum × scale; with type 0 the scale, or the greatest slope, is an attribute of the asset, as for the Cumulant Decomposer: where it is not usable the scale is 1 and the slope unlimited.

*Integral by instant power:* the power at the begin of the interval × hours. *Integral by average power:* the mean of both powers × hours. In the unit of the power × hour; a power outside the threshold is not valid. An interval whose power is not valid is not added (Ignore), or counts with the power of the interval before (LastValue), where there is one.

A record that is not newer than all before it is dropped: \`duplicate\` where time and value are those of the newest, otherwise \`late\`. A null or absent value is dropped (\`null-value\`), a value that is not a number is an error (\`VALUE_NOT_NUMERIC\`), and neither is a base; nor is a record without valid \`time\`, \`assetId\` or \`pointId\` (\`TIME_NOT_VALID\`, \`KEY_NOT_VALID\`), or too far ahead of the clock (\`TIME_TOO_FAR_AHEAD\`). A record no row applies to is dropped (\`not-selected\`). A total beyond what a number can hold is an error (\`RECORD_NUMBER_NOT_FINITE\`). While attributes cannot be asked for the stage waits (\`ASSETS_UNREACHABLE\`).

State per asset and input point: the newest time and, per row, base, day and interval. Get Stage State shows them.`,
  config,
  errors: [
    keyNotValid,
    timeNotValid,
    timeTooFarAhead,
    notNumeric,
    { code: 'RECORD_NUMBER_NOT_FINITE', when: 'The energy of a day or interval is beyond what a number can hold.' },
  ],
  drops: [
    notSelected,
    nullValue,
    { reason: 'late', when: 'A newer record of the asset and point has come before.' },
    { reason: 'duplicate', when: 'Time and value are those of the newest record of the asset and point.' },
  ],
  check: ({ method, timeZone, inputOutput }) => {
    const problem = timeZoneProblem(timeZone.trim());
    return [
      ...(problem === undefined ? [] : [optionIssue('/timeZone', problem)]),
      ...checkPointColumns(inputOutput, ['inputPoint', 'outputPoint', 'detailOutputPoint']),
      ...inputOutput.flatMap((row, index) => checkEnergyRow(method, row, index)),
    ];
  },
  makesRecords: true,
  changes: () => changedByWindows(POINTS),
  requires: () => ASSET_AND_POINT,
  state: { encode: encodeEnergy, decode: decodeEnergy, toItem: energyItem },
  lookUps: [attributes],
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.flatMap((row) => outputsOf(row).map(() => pointReferenceOf(row.inputPoint))),
    outputs: inputOutput.flatMap((row) => outputsOf(row).map(pointReferenceOf)),
  }),
  create: (settings, context) => {
    const integrator = new EnergyIntegrator(settings, context.state, context.eventTime, context.lookUp(attributes));
    return { process: (record, out) => integrator.process(record, out) };
  },
});
