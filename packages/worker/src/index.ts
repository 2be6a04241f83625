export { ExitCode, Worker } from './worker.ts';
