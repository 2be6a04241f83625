export { prepareDatabase } from './prepared-database.ts';
