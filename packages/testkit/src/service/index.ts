export { IndependentEnosClient } from './independent-enos-client.ts';
export { ServiceProcess } from './service-process.ts';
export { isWorkerOf, killAllWorkers, killWorker } from './worker-processes.ts';
