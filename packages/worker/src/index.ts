export { Worker } from './standalone/worker.ts';
