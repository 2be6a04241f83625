/** What a program needs that stands where a Spark executor would: the messages, and their frames. */

export type { RunLayout } from '../prepare/run-layout.ts';
export type { TaskPlace } from '../standalone/thread-messages.ts';
export { readFrames, writeFrame } from './frames.ts';
export type * from './protocol.ts';
