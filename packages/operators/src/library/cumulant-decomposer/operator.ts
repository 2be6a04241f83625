import {
  type DataReference,
  defineLookUp,
  defineProcessor,
  type Emitter,
  type ProcessorDefinition,
  type StreamRecord,
} from '@penstock/engine';
import { type AssetFacts, type Issue, isJsonObject } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notNumeric, notSelected, nullValue, timeNotValid } from '../../shared/outcomes.ts';
import type { Addressing, OutputName } from '../../shared/points/addressing.ts';
import { hasValidTime, hasValue, isSelected, reportNotNumeric } from '../../shared/points/guards.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import { rowLineage } from '../../shared/points/row-lineage.ts';
import { assetLookUpBy } from '../asset-lookup/asset-look-up.ts';
import { javaDouble } from './java-double.ts';
import { attributeNumber, type Limits, parseAttribute, parseScale, parseSlopes, type Term } from './limits.ts';

const HOW = { '1': 'Fixed', '0': 'Model attribute' } as const;

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      scaleType: choiceField(HOW, {
        title: 'Scale Type',
        description: 'Whether the scale is a number (1) or an attribute of the asset (0).',
        default: '1',
      }),
      scale: textField({
        title: 'Scale',
        description:
          'What the difference is multiplied by: a number greater than 0, or an attribute, `modelId::attributeId`.',
        default: '1',
        minLength: 1,
        maxLength: 400,
      }),
      slopeType: choiceField(HOW, {
        title: 'Slope Type',
        description: 'Whether the limits of the slope are numbers (1) or an attribute of the asset (0).',
        default: '1',
      }),
      minMaxSlope: textField({
        title: 'Min/Max Slope',
        description:
          'How much the reading may grow in an hour, in its own unit: `[min,max]`, both allowed; or an attribute, `modelId::attributeId`, that holds the greatest slope, with 0 as the least.',
        default: '[0,100000]',
        minLength: 1,
        maxLength: 400,
      }),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'The cumulative points that are decomposed.', group: 'Input/Output' },
  ),
});
type Config = Static<typeof config>;
type Row = Config['inputOutput'][number];

const usesAttribute = ({ scaleType, slopeType }: Row): boolean => scaleType === '0' || slopeType === '0';

/** The assets whose attributes rows name; nothing is asked where none does. */
const attributesBy = (of: Addressing) => {
  const assets = assetLookUpBy(of);
  return defineLookUp<string, AssetFacts, Config>({
    ...assets,
    open: ({ inputOutput }) => assets.open({ inputOutput: inputOutput.filter(usesAttribute) }),
  });
};

const checkRow = (row: Row, index: number): Issue[] => {
  const scale = row.scaleType === '0' ? parseAttribute(row.scale) : parseScale(row.scale);
  const slopes = row.slopeType === '0' ? parseAttribute(row.minMaxSlope) : parseSlopes(row.minMaxSlope);
  return [
    ...(typeof scale === 'string' ? [optionIssue(`/inputOutput/${index}/scale`, scale)] : []),
    ...(typeof slopes === 'string' ? [optionIssue(`/inputOutput/${index}/minMaxSlope`, slopes)] : []),
  ];
};

interface CompiledRow {
  readonly input: DataReference;
  readonly output: OutputName;
  readonly usesAttribute: boolean;
  limitsFor(asset: AssetFacts | undefined): Limits;
}

const valid = <T>(parsed: T | string): T => {
  if (typeof parsed === 'string') throw new Error(`The row should not have passed validation: ${parsed}`);
  return parsed;
};

const compileRow = (of: Addressing, row: Row): CompiledRow => {
  const input = of.referenceOf(row.inputPoint);
  const scale: Term =
    row.scaleType === '0' ? valid(parseAttribute(row.scale)) : { value: valid<number>(parseScale(row.scale)) };
  const slopes = row.slopeType === '0' ? valid(parseAttribute(row.minMaxSlope)) : valid(parseSlopes(row.minMaxSlope));
  return {
    input,
    output: of.outputOf(input, of.referenceOf(row.outputPoint)),
    usesAttribute: usesAttribute(row),
    limitsFor: (asset) => ({
      scale: 'value' in scale ? scale.value : (attributeNumber(asset, scale) ?? 1),
      minSlope: 'modelId' in slopes ? 0 : slopes[0],
      maxSlope: 'modelId' in slopes ? (attributeNumber(asset, slopes) ?? Number.POSITIVE_INFINITY) : slopes[1],
    }),
  };
};

/** A reading with its time, Unix ms. */
interface Reading {
  readonly value: number;
  readonly time: number;
}

/** The reading before, as a Last Record Appender put it into the record; undefined where there is none to go by. */
const lastReading = (record: StreamRecord): Reading | undefined => {
  const appended = record.getAttr('lastRecordAppender');
  const last = isJsonObject(appended) ? appended.lastRecord : undefined;
  if (!isJsonObject(last)) return undefined;
  const { value, time } = last;
  return typeof value === 'number' && Number.isSafeInteger(time) ? { value, time: time as number } : undefined;
};

/** What comes out by a row. */
interface Result {
  readonly output: OutputName;
  readonly limits: Limits;
  readonly slope: number;
  readonly value: number;
}

const putResult = (
  of: Addressing,
  { output, limits, slope, value }: Result,
  record: StreamRecord,
  out: Emitter,
): void => {
  record.set('value', value);
  record.setAttr('deltaCalculator', {
    maxSlope: javaDouble(limits.maxSlope),
    minSlope: javaDouble(limits.minSlope),
    scale: javaDouble(limits.scale),
    slope,
  });
  of.rename(record, output);
  out.emit(record);
};

const HOUR_MS = 3_600_000;

/** Its definition for one of the data formats. */
export const cumulantDecomposerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => {
  const attributes = attributesBy(of);
  return {
    ...operatorNames('processor', 'Cumulant Decomposer'),
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'state',
    keywords: ['delta', 'difference', 'meter', 'energy', 'cumulative', 'slope', 'reset'],
    summary: 'Makes of a cumulative reading how much it has grown since the one before.',
    description: `Put a Last Record Appender for the same point in front: the reading before is what it appended, \`attr.lastRecordAppender.lastRecord\`. The difference of both is what was metered in between, and the slope is the difference by the time between them in hours. Where the slope lies within the limits, both included, the record goes on under the output point with \`value\` = difference × scale and \`attr.deltaCalculator\` = \`{ maxSlope, minSlope, scale, slope }\`: texts in the way of Java (\`"100000.0"\`, without limit \`"Infinity"\`), but for the slope, which is a number. \`time\`, \`quality\` and what else the record has stay; differences are those of doubles.

Resets and jumps: a meter that was reset, read back or replaced has a slope below 0, and one that jumps a slope above its limit. Such a record is dropped (\`slope-out-of-limits\`) and nothing of it is counted; with \`*\` as the condition of the Last Record Appender it still is the base of the next. An unchanged reading is a slope of 0, and puts out 0 where the least slope is 0. First readings: without a reading before, or where that has no number and no time, there is nothing to put out (\`no-last-record\`). Nothing is interpolated: what a silent meter has counted comes out as one difference with the time of the reading that ends the silence. Where a day or an hour begins in between, it counts for the one that the later reading is in.

With type 0 the scale is an attribute of the record's asset, as the asset store of the pipeline's organisation has it. Where the asset is not there or of another model, or the attribute holds no number greater than 0 (a text of one counts as a number), the scale is 1; the greatest slope is likewise without limit then. Assets are asked for once and kept; changes are followed within seconds. While the service cannot be asked the stage waits, some five minutes; then it is an error of the records (\`ASSETS_UNREACHABLE\`). With type 1 nothing is asked.

Late and duplicate records: one that is not later than the reading before it has no slope and is dropped (\`not-later\`). But a late record that became the last one puts the base back, and the growth after it counts twice: put a Late Point Tagger in front, and the condition \`\${record:value('/dq') == 0}\` into the Last Record Appender. A null or absent value is dropped (\`null-value\`), a value that is not a number is an error (\`VALUE_NOT_NUMERIC\`), as are a \`time\` that is none (\`TIME_NOT_VALID\`), an \`assetId\` that is no text where an attribute is asked for (\`KEY_NOT_VALID\`), and a result beyond what a number can hold (\`RECORD_NUMBER_NOT_FINITE\`). A record no row applies to is dropped (\`not-selected\`).

It keeps no state: that is the Last Record Appender's.`,
    config,
    errors: [
      notNumeric,
      timeNotValid,
      { code: 'KEY_NOT_VALID', when: '`assetId`, whose attribute is asked for, is not a text.' },
      { code: 'RECORD_NUMBER_NOT_FINITE', when: 'The result is beyond what a number can hold.' },
    ],
    drops: [
      notSelected,
      nullValue,
      { reason: 'no-last-record', when: 'No reading with number and time was appended to the record.' },
      { reason: 'not-later', when: 'The record is not later than the reading before it.' },
      {
        reason: 'slope-out-of-limits',
        when: 'The reading has grown by less or by more in an hour than any row allows.',
      },
    ],
    check: ({ inputOutput }) => [
      ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
      ...inputOutput.flatMap(checkRow),
    ],
    changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'value', 'attr'],
    lookUps: [attributes],
    lineage: ({ inputOutput }) => rowLineage(of, inputOutput),
    create: ({ inputOutput }, context) => {
      const answers = context.lookUp(attributes);
      const table = of.table(
        inputOutput.map((row) => compileRow(of, row)),
        ({ input }) => input,
      );
      /** What comes out of a record by which rows; undefined where it has been ended. */
      const resultsOf = (record: StreamRecord, out: Emitter): readonly Result[] | undefined => {
        const rows = table.rowsFor(record);
        if (!isSelected(rows, record, out)) return undefined;
        const value = record.get('value');
        if (!hasValue(value, record, out)) return undefined;
        if (typeof value !== 'number') {
          reportNotNumeric(record, out);
          return undefined;
        }
        if (!hasValidTime(record, context.eventTime, out)) return undefined;
        const last = lastReading(record);
        if (last === undefined) {
          out.drop(record, 'no-last-record');
          return undefined;
        }
        const elapsed = record.time - last.time;
        if (elapsed <= 0) {
          out.drop(record, 'not-later');
          return undefined;
        }
        const isAsked = rows.some((row) => row.usesAttribute);
        if (isAsked && record.assetId === undefined) {
          out.error(record, 'KEY_NOT_VALID', '"assetId" must be a text: the attribute is looked up by it.');
          return undefined;
        }
        const asset = isAsked ? answers.of(record)[0]?.value : undefined;
        const delta = value - last.value;
        const slope = (delta * HOUR_MS) / elapsed;
        const results = rows
          .map(({ output, limitsFor }): Result => {
            const limits = limitsFor(asset);
            return { output, limits, slope, value: delta * limits.scale };
          })
          .filter(({ limits }) => slope >= limits.minSlope && slope <= limits.maxSlope);
        if (results.length === 0) {
          out.drop(record, 'slope-out-of-limits');
          return undefined;
        }
        if (Number.isFinite(slope) && results.every((one) => Number.isFinite(one.value))) return results;
        const message = 'The growth since the last reading is beyond what a number can hold.';
        out.error(record, 'RECORD_NUMBER_NOT_FINITE', message);
        return undefined;
      };
      return {
        process: (record, out) => {
          const results = resultsOf(record, out);
          if (results !== undefined)
            forEachRow(results, record, out, (result, each, to) => putResult(of, result, each, to));
        },
      };
    },
  };
};

export const cumulantDecomposer = defineProcessor(cumulantDecomposerBy(POINTS));
