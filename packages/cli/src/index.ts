export type { Surroundings } from './context.ts';
export { ExitCode } from './failure.ts';
export type { Output } from './output.ts';
export { run } from './run.ts';
