import type { YarnApplication } from './resource-manager/resource-manager.ts';

/** YARN keeps tags in lower case; ids of runs and launches are lower-case UUIDs. */

/** Every application of Penstock, whichever installation. */
export const COMMON_TAG = 'penstock';
/** Those of one installation, that is, of one database. */
export const installationTag = (installation: string): string => `penstock-installation-${installation}`;
/** Those of one run, of whatever launch. */
export const runTag = (runId: string): string => `penstock-run-${runId}`;
/** The one of a launch. */
export const launchTag = (runId: string, launchId: string): string => `penstock-${runId}-${launchId.slice(0, 8)}`;

const LAUNCH = /^penstock-[0-9a-f]{8}(?:-[0-9a-f]+)+$/;

/** The launch's tag among those of an application. */
export const launchTagOf = (app: YarnApplication): string | undefined => app.tags.find((tag) => LAUNCH.test(tag));
