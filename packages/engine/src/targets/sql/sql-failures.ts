import { AppError } from '@penstock/model';
import { SqlRefusal } from '../../ports.ts';
import { TARGET_FENCED, targetUnreachable, targetUnusable } from '../target-failure.ts';

/** What a refusal of a statement speaks of: a record in it, the server's being away or busy, or the stage. */
export type SqlVerdict = 'record' | 'away' | 'unusable';

/** Connections, transactions that lost to others, resources, an operator's intervention, the system, a defect. */
const AWAY = ['08', '40', '53', '57', '58', 'XX'];
/** Read-only (a standby), a transaction that took too long, a lock that somebody else holds. */
const AWAY_STATES = ['25006', '25P03', '55P03'];
/** Features, transactions, statements, authorisation, catalogues and schemas, names and rights. */
const UNUSABLE = ['0A', '25', '26', '28', '3D', '3F', '42', '55'];

/**
 * By the class of an SQLSTATE. Data (22), constraints (23), limits (54), views (44) and what triggers raise (P0, and
 * states of their own) speak of what was to be written.
 */
export const verdictOf = (sqlState: string): SqlVerdict => {
  if (AWAY_STATES.includes(sqlState) || AWAY.includes(sqlState.slice(0, 2))) return 'away';
  return UNUSABLE.includes(sqlState.slice(0, 2)) ? 'unusable' : 'record';
};

/** What kept a statement from being done that holds no records, as a failure of the target. */
export const failureOfTarget = (stage: string, error: unknown): unknown => {
  if (error instanceof SqlRefusal) {
    const message = `The database refuses (SQLSTATE ${error.sqlState}): ${error.message}`;
    return verdictOf(error.sqlState) === 'away'
      ? targetUnreachable(stage, message, error)
      : targetUnusable(stage, message, error);
  }
  if (!(error instanceof AppError) || error.code === TARGET_FENCED) return error;
  return error.retryable ? targetUnreachable(stage, error.message, error) : targetUnusable(stage, error.message, error);
};
