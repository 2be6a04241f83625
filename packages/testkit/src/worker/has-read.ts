import { type Heartbeat, isOfSource } from '@penstock/model';

/**
 * Whether so many records were read from the source, and all there is of it is committed. Behind a cut there is always
 * something to read, since tasks tell each other how far they are: that all of them have nothing at one moment is chance.
 */
export const hasRead = ({ recordsRead, tasks }: Heartbeat, records: number): boolean =>
  recordsRead >= records && tasks.every((task) => !isOfSource(task) || (task.lag === 0 && task.endOffset >= 0));
