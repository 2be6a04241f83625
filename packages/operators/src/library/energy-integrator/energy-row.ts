import type { PointReference } from '@penstock/engine';
import type { AssetFacts, Issue } from '@penstock/model';
import { optionIssue } from '../../shared/config/option-issue.ts';
import type { OutputName } from '../../shared/points/addressing.ts';
import { outputPointOf } from '../../shared/points/output-point.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { parseThreshold, type Threshold, thresholdOf } from '../../shared/thresholds/threshold.ts';
import { parseWindowLength, UNIT_MS } from '../../shared/windows/window-length.ts';
import {
  attributeNumber,
  type Limits,
  parseAttribute,
  parseScale,
  parseSlopes,
  type Term,
} from '../cumulant-decomposer/limits.ts';
import type { Config, ConfigRow } from './config.ts';

/** A row of the table, compiled. */
export interface EnergyRow {
  /** Identifies the row by what it adds up, so that its open day survives edits of other rows and of limits. */
  readonly id: string;
  readonly input: PointReference;
  readonly output: OutputName;
  readonly detail: { readonly output: OutputName /** ms */; readonly interval: number } | undefined;
  readonly threshold: Threshold;
  readonly usesLastPower: boolean;
  readonly usesAttribute: boolean;
  limitsFor(asset: AssetFacts | undefined): Limits;
}

export const usesAttribute = ({ scaleType, slopeType }: ConfigRow): boolean => scaleType === '0' || slopeType === '0';

/** Length of the intervals of the detailed output in ms; what is wrong with it as a text. */
export const parseDetailInterval = (text: string): number | string => {
  const interval = parseWindowLength(text);
  return typeof interval === 'number' && interval > UNIT_MS.DAY
    ? `An interval of "${text}" is longer than a day, and a day is what it is a part of.`
    : interval;
};

/** What is wrong with a row beside its points; of limits only those that the method uses. */
export const checkEnergyRow = (method: Config['method'], row: ConfigRow, index: number): Issue[] => {
  const scale = row.scaleType === '0' ? parseAttribute(row.scale) : parseScale(row.scale);
  const slopes = row.slopeType === '0' ? parseAttribute(row.minMaxSlope) : parseSlopes(row.minMaxSlope);
  const terms: readonly (readonly [option: string, parsed: unknown])[] = [
    ...(row.detailOutputPoint === '' ? [] : [['detailInterval', parseDetailInterval(row.detailInterval)] as const]),
    ...(method === 'METER_READING'
      ? ([
          ['scale', scale],
          ['minMaxSlope', slopes],
        ] as const)
      : [['threshold', parseThreshold(row.threshold)] as const]),
  ];
  const problems = terms.flatMap(([option, parsed]) =>
    typeof parsed === 'string' ? [optionIssue(`/inputOutput/${index}/${option}`, parsed)] : [],
  );
  const { inputPoint, outputPoint, detailOutputPoint } = row;
  const points = [inputPoint, outputPoint, ...(detailOutputPoint === '' ? [] : [detailOutputPoint])];
  if (new Set(points.map((point) => point.trim())).size < points.length)
    problems.push(
      optionIssue(
        `/inputOutput/${index}/outputPoint`,
        'Input, output and detailed output must be three different points: what comes out would be read as what goes in.',
      ),
    );
  return problems;
};

const valid = <T>(parsed: T | string): T => {
  if (typeof parsed === 'string') throw new Error(`The row should not have passed validation: ${parsed}`);
  return parsed;
};

/** Rows that add up the same twice differ by their number. */
export const compileEnergyRows = ({ method, timeZone, inputOutput }: Config): EnergyRow[] => {
  const seen = new Map<string, number>();
  return inputOutput.map((row) => {
    const interval = row.detailOutputPoint === '' ? '' : row.detailInterval.trim();
    const terms = [method, timeZone.trim(), row.inputPoint, row.outputPoint, row.detailOutputPoint, interval];
    const added = JSON.stringify(terms);
    const repetition = seen.get(added) ?? 0;
    seen.set(added, repetition + 1);
    return compileRow(method, row, JSON.stringify([...terms, repetition]));
  });
};

const compileRow = (method: Config['method'], row: ConfigRow, id: string): EnergyRow => {
  const isMetered = method === 'METER_READING';
  const input = pointReferenceOf(row.inputPoint);
  const limits = isMetered ? compileLimits(row) : () => NO_LIMITS;
  return {
    id,
    input,
    output: outputPointOf(input, pointReferenceOf(row.outputPoint)),
    detail:
      row.detailOutputPoint === ''
        ? undefined
        : {
            output: outputPointOf(input, pointReferenceOf(row.detailOutputPoint)),
            interval: valid<number>(parseDetailInterval(row.detailInterval)),
          },
    threshold: thresholdOf(isMetered ? '(-∞,+∞)' : row.threshold),
    usesLastPower: row.interpolation === 'LAST_VALUE',
    usesAttribute: isMetered && usesAttribute(row),
    limitsFor: limits,
  };
};

const NO_LIMITS: Limits = { scale: 1, minSlope: Number.NEGATIVE_INFINITY, maxSlope: Number.POSITIVE_INFINITY };

const compileLimits = (row: ConfigRow): EnergyRow['limitsFor'] => {
  const scale: Term =
    row.scaleType === '0' ? valid(parseAttribute(row.scale)) : { value: valid<number>(parseScale(row.scale)) };
  const slopes = row.slopeType === '0' ? valid(parseAttribute(row.minMaxSlope)) : valid(parseSlopes(row.minMaxSlope));
  return (asset) => ({
    scale: 'value' in scale ? scale.value : (attributeNumber(asset, scale) ?? 1),
    minSlope: 'modelId' in slopes ? 0 : slopes[0],
    maxSlope: 'modelId' in slopes ? (attributeNumber(asset, slopes) ?? Number.POSITIVE_INFINITY) : slopes[1],
  });
};
