import { map, select } from './off-limit-workloads.ts';
import { script } from './script-workload.ts';
import { keyless, window, windowWide } from './window-workload.ts';
import type { Workload, WorkloadName } from './workload.ts';

/** All workloads, by name. */
export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  select,
  map,
  window,
  script,
  'window-wide': windowWide,
  keyless,
};
