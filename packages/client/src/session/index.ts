// For pages in browsers: nothing here needs Node.
export { PenstockError, type ReportedIssue } from '../errors.ts';
export type { paths } from '../generated/api.ts';
export type * from '../generated/schemas.ts';
export { resultOf } from '../result.ts';
export { createSessionClient, type SessionClientOptions } from './session-client.ts';
