import type { RunLayout, TaskPlace } from '@penstock/model';

/** All tasks of a run. */
export interface Assignment {
  readonly layout: RunLayout;
  readonly places: readonly TaskPlace[];
}
