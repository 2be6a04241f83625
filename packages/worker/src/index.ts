export { ExitCode, Worker } from './standalone/worker.ts';
