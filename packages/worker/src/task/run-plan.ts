/** What a run reads and writes, for programs that look at a run from outside. */
export { topicsOf } from '../prepare/run-topics.ts';
export { checkRun, type RunDocument } from './compile-run.ts';
