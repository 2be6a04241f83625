export { CompressedTime } from './compressed-time.ts';
export { ControlServer } from './control-server.ts';
export { hasRead } from './has-read.ts';
export { TestExecutor } from './test-executor.ts';
export { WorkerProcess } from './worker-process.ts';
