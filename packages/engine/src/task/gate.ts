import { compileExpression, fieldReader, isFieldPath, parseFieldPath } from '@penstock/expression';
import { AppError, type JsonValue } from '@penstock/model';
import type { StreamRecord } from '../record/stream-record.ts';
import type { StageSettings } from '../stage-settings.ts';
import type { Gate } from './stage-node.ts';

/**
 * The checks every stage may have in front of it, compiled to one function: required fields, then preconditions, then
 * the quality filter. Undefined where there are none, so that most stages pay nothing.
 */
export const gateOf = (settings: StageSettings): Gate | undefined => {
  const fields = settings.requiredFields.map(readerOf);
  const conditions = settings.preconditions.map(conditionOf);
  const needsGoodQuality =
    settings.qualityFilter === 'GOOD_QUALITY' || settings.qualityFilter === 'GOOD_AND_NOT_TAGGED';
  const needsNoTag = settings.qualityFilter === 'NOT_TAGGED' || settings.qualityFilter === 'GOOD_AND_NOT_TAGGED';
  if (fields.length === 0 && conditions.length === 0 && !needsGoodQuality && !needsNoTag) return undefined;
  return (record) => {
    for (const read of fields) if (read(record) === undefined) return 'required-field';
    for (const holds of conditions) if (!holds(record)) return 'precondition';
    if (needsGoodQuality && !isZero(record.get('quality'))) return 'quality-filter';
    if (needsNoTag && !isZero(record.get('dq'))) return 'quality-filter';
    return undefined;
  };
};

const isZero = (value: JsonValue | undefined): boolean =>
  value === undefined || value === null || value === 0 || value === '0';

const readerOf = (text: string): ((record: StreamRecord) => JsonValue | undefined) => {
  const path = parseFieldPath(text);
  if (!isFieldPath(path)) throw notChecked(text, path.problem);
  return fieldReader(path);
};

const conditionOf = (text: string): ((record: StreamRecord) => boolean) => {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw notChecked(text, compiled.issues.map(({ message }) => message).join(' '));
  return (record) => {
    const value = compiled.evaluate(record);
    return value === true || value === 'true';
  };
};

/** Settings are checked when the document is compiled; getting here with wrong ones is a fault of the program. */
const notChecked = (text: string, problem: string): AppError =>
  new AppError('STAGE_SETTINGS_NOT_CHECKED', `"${text}": ${problem}`, { domain: 'internal' });
