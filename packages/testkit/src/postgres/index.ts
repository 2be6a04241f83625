export { type RealPostgres, startRealPostgres } from './real-postgres.ts';
