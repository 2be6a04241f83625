/** What a run reads and writes, for programs that look at a run from outside. */

export { checkRun, type RunDocument } from './compile-run.ts';
export { topicsOf } from './run-topics.ts';
