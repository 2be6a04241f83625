export { ControlServer } from './control-server.ts';
export { TestExecutor } from './test-executor.ts';
