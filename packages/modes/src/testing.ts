/** What tests of other packages need of the modes' own forms to put machines of their own in their place. */
export type { ProcessExit, StandaloneEvidence, StandaloneLaunch } from './standalone/standalone-records.ts';
export { opaque } from './supervision/launcher.ts';
export { AggregatedLogs } from './yarn/logs/aggregated-logs.ts';
export { KeptLogs } from './yarn/logs/kept-logs.ts';
export { NodeManagerLogs } from './yarn/logs/node-manager-logs.ts';
export { YarnLogs } from './yarn/logs/yarn-logs.ts';
export { YarnRunLogs } from './yarn/logs/yarn-run-logs.ts';
export { ResourceManager } from './yarn/resource-manager/resource-manager.ts';
export { admitToYarn } from './yarn/yarn-admission.ts';
export type { ApplicationView, YarnEvidence, YarnLaunch, YarnSupervision } from './yarn/yarn-records.ts';
