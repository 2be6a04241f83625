import type { StreamRecord } from '@penstock/engine';
import type { FormatterConfig } from './config.ts';

/** A format that a record can be in. */
export type RecordFormat = 'DCM' | 'MEASUREMENT';

/** What a record is in, and is to go on in. */
export interface Conversion {
  readonly from: RecordFormat;
  readonly to: RecordFormat;
}

const isId = (text: string | undefined): text is string => text !== undefined && text !== '';

export const hasMeasurement = (record: StreamRecord): boolean => isId(record.measurementId);

/** The model that a record says it is of; undefined where it says none. */
export const modelOf = (record: StreamRecord): string | undefined =>
  [record.modelId, record.modelIdPath?.split('/').at(-1)].find(isId);

const isDcm = (record: StreamRecord): boolean => isId(record.pointId) && modelOf(record) !== undefined;

/** Undefined where the record is not in a format that the stage takes. */
export const conversionOf = (
  { inputFormat, outputFormat }: FormatterConfig,
  record: StreamRecord,
): Conversion | undefined => {
  const from = foundIn(inputFormat, record);
  return from === undefined ? undefined : { from, to: outputFormat === 'ORIGINAL' ? from : outputFormat };
};

const foundIn = (inputFormat: FormatterConfig['inputFormat'], record: StreamRecord): RecordFormat | undefined => {
  if (inputFormat !== 'DCM' && hasMeasurement(record)) return 'MEASUREMENT';
  return inputFormat !== 'MEASUREMENT' && isDcm(record) ? 'DCM' : undefined;
};

/** Why a record is in no format that the stage takes. */
export const formatProblem = ({ inputFormat }: FormatterConfig): string => {
  const dcm = '"pointId", with "modelId" or "modelIdPath"';
  const wanted = { DCM: dcm, MEASUREMENT: '"measurementId"', ORIGINAL: `"measurementId", or ${dcm}` }[inputFormat];
  return `The record is not in the input format of the stage: it must have ${wanted} as texts that are not empty.`;
};

/** What is missing of a record of the classic format before it can be stored as one (contract E.5); undefined: nothing. */
export const dcmProblem = (record: StreamRecord): string | undefined => {
  const { modelId, modelIdPath, pointId } = record;
  if (!isId(modelId)) return '"modelId" must be a text that is not empty';
  if (modelIdPath === undefined || !modelIdPath.startsWith('/') || modelIdPath.split('/').at(-1) !== modelId)
    return `"modelIdPath" must be a path that begins with "/" and ends with the model "${modelId}"`;
  if (!isId(pointId)) return '"pointId" must be a text that is not empty';
  return typeof record.get('hasQuality') === 'boolean' ? undefined : '"hasQuality" must be true or false';
};
