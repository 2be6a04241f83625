export type { AddressRules, ConnectionAccess } from './guarded-socket.ts';
export type { Connection, ConnectionKind } from './kind.ts';
export { connectionKindOf, connectionKinds } from './kinds.ts';
export { explainPostgres, refusalOf } from './postgresql/explain.ts';
export { type OpenOptions, type OpenPostgres, openPostgres } from './postgresql/open.ts';
export { readPostgres } from './postgresql/settings.ts';
